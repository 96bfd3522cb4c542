/** Ctrl-C and SIGTERM: the first stops the job between two commands, the second leaves at once. */
import { dispose } from "../disposable.js";
import { BootlaceError } from "../errors.js";
import type { Io } from "./context.js";

/** SIGHUP comes when an ssh session ends: like SIGTERM. */
const SIGNALS = { SIGINT: "INTERRUPTED", SIGTERM: "TERMINATED", SIGHUP: "TERMINATED" } as const;

export interface Interrupts extends Disposable {
  readonly signal: AbortSignal;
}

export function watchInterrupts(io: Io): Interrupts {
  const controller = new AbortController();
  const listeners = Object.entries(SIGNALS).map(([name, code]) => {
    const listener = (): void => {
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
