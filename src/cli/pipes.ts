/** `bootlace … | head` closes our output early: nothing more is printed there, and the job itself goes on. */
import type { Io } from "./context.js";

/** EPIPE: the reader is gone. EIO: the terminal is, after an ssh session ended. */
const GONE = new Set(["EPIPE", "EIO"]);

/** The streams are opened when they are first used: that takes time which a quick command can save. */
export function survivingClosedPipes(io: Io): Io {
  let stdout: Io["stdout"] | undefined;
  let stderr: Io["stderr"] | undefined;
  return {
    get stdin() {
      return io.stdin;
    },
    get stdout() {
      return (stdout ??= surviving(io.stdout));
    },
    get stderr() {
      return (stderr ??= surviving(io.stderr));
    },
    env: io.env,
    on: (event, listener) => io.on(event, listener),
    off: (event, listener) => io.off(event, listener),
    exit: (status) => {
      io.exit(status);
    },
  };
}

function surviving(output: Io["stdout"]): Io["stdout"] {
  output.on?.("error", (error) => {
    if (!GONE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
  });
  return output;
}
