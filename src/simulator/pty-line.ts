/** Our end of a pseudo-terminal: the wire between a program that opens the other end as a serial port, and something simulated. Linux only. */
import { closeSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import { BootlaceError } from "../errors.js";
import { binding } from "../native/binding.js";

/** Wait before trying again when the other program does not read and the system's buffer is full. */
const FULL_MS = 2;
/**
 * A killed program leaves TIOCEXCL on the terminal: a real one loses it when its last user closes it, but this one is kept open here.
 * So it is taken back now and then. Locks (flock) hold all the same.
 */
const RELEASE_MS = 1000;

export class PtyLine {
  /** "/dev/pts/3": what the other program opens, in 8N1. A pseudo-terminal has no parity bit. */
  readonly path: string;
  readonly #master: number;
  readonly #slave: number;
  readonly #input: ReadStream;
  readonly #release: NodeJS.Timeout;
  #unsent: Buffer = Buffer.alloc(0);
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param onBytes gets what the other program sent, as it comes */
  constructor(onBytes: (bytes: Uint8Array) => void) {
    if (process.platform !== "linux")
      throw new BootlaceError("UNSUPPORTED_PLATFORM", "a simulated chip on a pseudo-terminal needs Linux");
    const native = binding();
    ({ path: this.path, master: this.#master, slave: this.#slave } = native.ptyOpen());
    this.#input = new ReadStream(this.#master);
    this.#input.on("data", onBytes);
    this.#input.on("error", () => undefined); // only when the terminal is torn down
    this.#release = setInterval(() => native.ttyExclusive(this.#slave, false), RELEASE_MS);
    this.#release.unref();
  }

  /** Sends in order; what the other side does not take at once is kept. */
  send(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#unsent = Buffer.concat([this.#unsent, bytes]);
    if (this.#retry === undefined) this.#flush();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#release);
    clearTimeout(this.#retry);
    this.#input.destroy(); // closes the master
    closeSync(this.#slave);
  }

  #flush(): void {
    this.#retry = undefined;
    if (this.#closed) return;
    while (this.#unsent.length > 0) {
      const sent = this.#tryWrite();
      if (sent === 0) {
        this.#retry = setTimeout(() => this.#flush(), FULL_MS);
        return;
      }
      this.#unsent = this.#unsent.subarray(sent);
    }
  }

  #tryWrite(): number {
    try {
      return writeSync(this.#master, this.#unsent);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
      throw error;
    }
  }
}
