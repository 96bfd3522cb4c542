import type { Clock } from "./chip.js";
import { monotonicMs } from "../monotonic.js";

/** Time that moves only when told: tests of minutes take microseconds and give the same result every time. */
export class VirtualClock implements Clock {
  #nowMs: number;

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  advance(ms: number): void {
    if (ms > 0) this.#nowMs += ms;
  }

  /** Moves forward to `ms`; never back. */
  advanceTo(ms: number): void {
    if (ms > this.#nowMs) this.#nowMs = ms;
  }
}

/** Milliseconds of the machine's monotonic clock since this object was made. */
export class RealClock implements Clock {
  readonly #startMs = monotonicMs();

  now(): number {
    return monotonicMs() - this.#startMs;
  }
}
