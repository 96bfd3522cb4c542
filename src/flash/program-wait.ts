/**
 * How long to wait before a chip is asked whether a block is programmed: no data sheet's figure, but what this chip showed. Asked too
 * early it answers BUSY and the bus is used for nothing; asked too late the bus stands still.
 */
import type { AckOptions } from "../protocol/dialogue.js";

/** Between two questions, ms: a question takes 20 to 200 µs on the wire itself. */
const INTERVAL_MS = 0.15;
/** Of what another question would have cost, how much is waited first next time; less than all, so that the wait can come down again. */
const STEP = 0.8;
const EASE = 0.97;
const MOST_MS = 20;

export class ProgramWait {
  #firstWaitMs = 0;

  get options(): AckOptions {
    return this.#firstWaitMs > 0.02
      ? { firstWaitMs: this.#firstWaitMs, intervalMs: INTERVAL_MS }
      : { intervalMs: INTERVAL_MS };
  }

  /** @param busy how often BUSY was the answer to one block, on average over a list */
  learn(busy: number): void {
    const longer = this.#firstWaitMs + Math.max(0, busy - 0.5) * INTERVAL_MS * STEP;
    this.#firstWaitMs = busy > 0.5 ? Math.min(MOST_MS, longer) : this.#firstWaitMs * EASE;
  }
}
