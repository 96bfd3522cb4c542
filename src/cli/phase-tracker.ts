/** Which phase a job is in, and how far. */
import type { FlashEvent, Phase } from "../flash/events.js";

export interface PhaseState {
  readonly phase: Phase;
  readonly unit: "bytes" | "pages";
  readonly total: number;
  readonly done: number;
  readonly elapsedMs: number;
  readonly ended: boolean;
  readonly detail?: string | undefined;
}

/** Follows the events of one job and knows the phase it is in. */
export class PhaseTracker {
  #state: PhaseState | undefined;
  #startedMs = 0;

  constructor(readonly now: () => number) {}

  get state(): PhaseState | undefined {
    if (this.#state === undefined || this.#state.ended) return this.#state;
    return { ...this.#state, elapsedMs: this.now() - this.#startedMs };
  }

  take(event: FlashEvent): void {
    if (event.type === "start") {
      this.#startedMs = this.now();
      const { phase, unit, total } = event;
      this.#state = { phase, unit, total, done: 0, elapsedMs: 0, ended: false };
    } else if (event.type === "progress" && this.#state !== undefined) {
      this.#state = { ...this.#state, done: event.done, total: event.total };
    } else if (event.type === "end" && this.#state !== undefined) {
      const { done, elapsedMs, detail } = event;
      this.#state = { ...this.#state, done, elapsedMs, detail, ended: true };
    }
  }
}
