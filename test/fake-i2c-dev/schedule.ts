/** The time on a modelled bus, which the chips on it read too. */
import type { Clock } from "../../src/simulator/chip.js";

/** CLOCK_MONOTONIC in milliseconds: the clock that the preload library reads too. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/**
 * During a frame: the time on the bus's schedule. Between frames: real time, but never earlier than the last frame.
 * So what a chip does (programming, its time-outs) and what the wire does run on one schedule, and the cost of the
 * stand-in is in neither.
 */
export class Schedule implements Clock {
  #last = 0;
  #inFrame = false;

  now(): number {
    if (!this.#inFrame) this.#last = Math.max(this.#last, monotonicMs());
    return this.#last;
  }

  /** A frame is over: nobody is told an earlier time any more. */
  passed(ms: number): void {
    this.#last = Math.max(this.#last, ms);
  }

  /** Runs `action` with the clock at `atMs`, or at the latest time anybody was told, if that is later. */
  at<T>(atMs: number, action: () => T): T {
    this.passed(atMs);
    this.#inFrame = true;
    try {
      return action();
    } finally {
      this.#inFrame = false;
    }
  }
}
