/** Ctrl-C and SIGTERM: the first stops the job between two commands, the second leaves at once. */
import { dispose } from "../disposable.js";
import { BootlaceError } from "../errors.js";
import type { Io } from "./context.js";

/** SIGHUP comes when the terminal goes, as at the end of an ssh session: like SIGTERM. */
const SIGNALS = { SIGINT: "INTERRUPTED", SIGTERM: "TERMINATED", SIGHUP: "TERMINATED" } as const;

export interface Interrupts extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Node forgets at its start which signals its parent ignored, so `nohup` cannot be asked; but what it makes is known: no stream is a
 * terminal. Where none is, the end of a terminal is of no concern.
 */
export function watchInterrupts(io: Io): Interrupts {
  const controller = new AbortController();
  const { hasTerminal } = io; // later it may be gone
  const listeners = Object.entries(SIGNALS).map(([name, code]) => {
    const listener = (): void => {
      if (name === "SIGHUP" && !hasTerminal) return;
      const error = new BootlaceError(code, `stopped by ${name === "SIGINT" ? "Ctrl-C" : name}`);
      if (controller.signal.aborted) leaveAtOnce(io, error.exitStatus);
      else controller.abort(error);
    };
    io.on(name as NodeJS.Signals, listener);
    return [name as NodeJS.Signals, listener] as const;
  });
  return {
    signal: controller.signal,
    [dispose]: () => {
      for (const [name, listener] of listeners) io.off(name, listener);
    },
  };
}

function leaveAtOnce(io: Io, status: number): void {
  io.stderr.write(
    "\nThe chip's state is not known; run the same command again to finish the job.\n" +
      `FAILED  left at once, exit status ${status}\n`,
  );
  io.exit(status);
}
