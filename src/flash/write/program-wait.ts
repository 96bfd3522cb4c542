/**
 * How long to wait before a chip is asked whether a block is programmed: no data sheet's figure, but what this chip showed. Asked too
 * early it answers BUSY and the bus is used for nothing; asked too late the bus stands still. So the wait is searched for by halves
 * with a few short lists, and then followed in small steps.
 */
import type { AckOptions } from "../../protocol/dialogue.js";

/** Between two questions, ms: a question takes 20 to 200 µs on the wire itself. */
const INTERVAL_MS = 0.15;
const MOST_MS = 100;

/** Blocks in a list while the wait is searched for. */
const SEARCH_BLOCKS = 4;
/** The search is over when its step is this part of the wait, or this short. */
const FINE = 0.01;
const FINE_MS = 0.005;
/** Once found: what is left of the wait after a list without BUSY, so that it can come down again. */
const EASE = 0.9995;
/** More BUSY answers than this to a block: the wait is too short, not the chip's times uneven. */
const TOO_OFTEN = 0.1;

export class ProgramWait {
  #waitMs = 0;
  #stepMs = INTERVAL_MS;
  /** A wait that was too long was met: from then on each step is half of the last. */
  #isBracketed = false;

  get options(): AckOptions {
    return this.#waitMs > 0.02
      ? { firstWaitMs: this.#waitMs, intervalMs: INTERVAL_MS }
      : { intervalMs: INTERVAL_MS };
  }

  /** Of `commands`, how many the next list shall have. */
  listOf(commands: number): number {
    return this.isFound ? commands : Math.min(commands, SEARCH_BLOCKS);
  }

  get isFound(): boolean {
    return this.#stepMs <= this.#finestMs;
  }

  /** @param busy how often BUSY was the answer to one block, on average over a list */
  learn(busy: number): void {
    if (busy > 1.1) this.#farOff(busy);
    else if (this.isFound) this.#follow(busy);
    else this.#search(busy > TOO_OFTEN);
    this.#waitMs = Math.min(MOST_MS, Math.max(0, this.#waitMs));
  }

  /** BUSY more than once each time: all but the last were certainly asked too early. */
  #farOff(busy: number): void {
    this.#waitMs += (busy - 0.5) * INTERVAL_MS;
    this.#stepMs = INTERVAL_MS;
    this.#isBracketed = false;
  }

  #search(tooEarly: boolean): void {
    this.#isBracketed ||= !tooEarly;
    if (this.#isBracketed) this.#stepMs /= 2;
    this.#waitMs += tooEarly ? this.#stepMs : -this.#stepMs;
  }

  #follow(busy: number): void {
    if (busy > TOO_OFTEN) this.#waitMs += this.#finestMs;
    else if (busy === 0) this.#waitMs *= EASE;
  }

  get #finestMs(): number {
    return Math.max(FINE_MS, this.#waitMs * FINE);
  }
}
