/**
 * The streams of the process. What is no terminal is written with plain system calls: Node's own streams take a quick command a tenth
 * of its time to load. A terminal gets Node's, which know its width.
 */
import { fstatSync, writeSync } from "node:fs";
import type { Io } from "./context.js";
import type { Output } from "./style.js";

export function standardIo(system: NodeJS.Process): Io {
  let stdout: Output | undefined;
  let stderr: Output | undefined;
  return {
    get stdin() {
      return system.stdin;
    },
    get stdout() {
      return (stdout ??= opened(1, () => system.stdout));
    },
    get stderr() {
      return (stderr ??= opened(2, () => system.stderr));
    },
    env: system.env,
    get hasTerminal() {
      return [0, 1, 2].some(isTerminal);
    },
    on: (event, listener) => system.on(event, listener),
    off: (event, listener) => system.off(event, listener),
    exit: (status) => {
      system.exit(status);
    },
  };
}

/** Of /dev/null and /dev/full on Linux: Documentation/admin-guide/devices.txt. */
const MEMORY_DEVICES = 1;

/** Without node:tty, which brings the streams with it. */
function isTerminal(fd: number): boolean {
  if (process.platform === "win32") return true;
  const status = fstatSync(fd);
  return status.isCharacterDevice() && status.rdev >> 8 !== MEMORY_DEVICES;
}

/** A terminal may go away, as when an ssh session ends: the job goes on. */
const opened = (fd: 1 | 2, stream: () => NodeJS.WriteStream): Output =>
  isTerminal(fd) ? stream().on("error", () => undefined) : new DirectOutput(fd);

/** Between two tries of a pipe that is full and was made non-blocking by another process that has it. */
const FULL_PIPE_MS = 2;

export class DirectOutput implements Output {
  /** Why what was written from some point on is lost: the reader is gone, the disk is full. */
  failure: Error | undefined;

  constructor(readonly fd: number) {}

  /** Returns when everything is written or lost; the job itself does not end for that. */
  write(text: string | Uint8Array): boolean {
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    for (let done = 0; done < bytes.length && !this.failure;) done += this.#writeSome(bytes, done);
    return !this.failure;
  }

  #writeSome(bytes: Uint8Array, from: number): number {
    try {
      return writeSync(this.fd, bytes, from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") pause(FULL_PIPE_MS);
      else this.failure = error as Error;
      return 0;
    }
  }
}

const pause = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};
