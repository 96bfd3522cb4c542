/**
 * How many commands go into one list: enough that the trip to the transport costs nothing, few enough that a stop request is
 * answered within half a second and progress moves, whatever the speed of the wire, which the host does not know.
 */
const FIRST = 4;
const MOST = 64;
const LIST_MS = 450;
/** A list that was over too soon, because of something else, shall not make the next one last for seconds. */
const MOST_GROWTH = 4;

export class Pace {
  #commands = FIRST;

  /** For the next list. */
  get commands(): number {
    return this.#commands;
  }

  /** Tells how long a list of `commands` took. */
  took(commands: number, elapsedMs: number): void {
    const fitting = Math.floor((LIST_MS * commands) / elapsedMs);
    this.#commands = Math.max(1, Math.min(fitting, commands * MOST_GROWTH, MOST));
  }
}
