/** How far a job has come, for the line that says where it failed. */
import type { FlashEvent } from "../flash/events.js";

/** What was going on when it failed. */
export class Progress {
  #doing = "connect";

  get doing(): string {
    return this.#doing;
  }

  connected(verb: string): void {
    this.#doing = verb;
  }

  take(event: FlashEvent): void {
    if (event.type === "start") this.#doing = event.phase;
  }
}
