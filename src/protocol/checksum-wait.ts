/** How long a chip computes its checksum: no document says it, so the first long range tells it for the ones after it. */
import type { AckOptions } from "./dialogue.js";

/** What no chip is faster than: 3 cycles a word at 16 MHz. */
const LEAST_MS_PER_KIB = 0.05;
/** A shorter range tells too little: the first question may come too late for it. */
const TELLING_BYTES = 8 * 1024;
/** Between two questions, of the time expected: while it is a guess, and when it was measured. */
const GUESSED_PART = 0.5;
const MEASURED_PART = 0.03;
const LEAST_INTERVAL_MS = 0.2;

interface Wait {
  readonly firstWaitMs: number;
  readonly intervalMs: number;
}

export class ChecksumWait {
  #msPerKiB: number | undefined;

  options(length: number): AckOptions & Wait {
    const expectedMs = (length / 1024) * (this.#msPerKiB ?? LEAST_MS_PER_KIB);
    const part = this.#msPerKiB === undefined ? GUESSED_PART : MEASURED_PART;
    return { firstWaitMs: expectedMs, intervalMs: Math.max(LEAST_INTERVAL_MS, expectedMs * part) };
  }

  /**
   * By counting: the host's own clock also measures what the host did meanwhile.
   * @param busy how often BUSY was the answer
   */
  learn(length: number, { firstWaitMs, intervalMs }: Wait, busy: number): void {
    if (length < TELLING_BYTES) return;
    const tookMs = busy > 0 ? firstWaitMs + (busy - 0.5) * intervalMs : firstWaitMs * (1 - MEASURED_PART);
    this.#msPerKiB = tookMs / (length / 1024);
  }
}
