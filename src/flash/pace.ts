/**
 * How many commands go into one list: enough that the trip to the transport costs nothing, few enough that a stop request is
 * answered within a fraction of a second and progress moves, whatever the speed of the wire, which the host does not know.
 */
const LEAST = 1;
const MOST = 64;
const SHORT_MS = 60;
const LONG_MS = 150;

export class Pace {
  #commands = 4;

  /** For the next list. */
  get commands(): number {
    return this.#commands;
  }

  /** Tells how long a list of `commands` took. */
  took(commands: number, elapsedMs: number): void {
    if (elapsedMs > LONG_MS) this.#commands = Math.max(LEAST, this.#commands >> 1);
    else if (elapsedMs < SHORT_MS && commands >= this.#commands)
      this.#commands = Math.min(MOST, this.#commands << 1);
  }
}
