/** Runs programs beside the suite without blocking it: the suite itself serves the adapter that they use. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Ended {
  /** Exit status; undefined when a signal ended it. */
  readonly status: number | undefined;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly uid?: number;
  readonly gid?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the program with SIGTERM. */
  readonly signal?: AbortSignal;
  readonly onStart?: (pid: number) => void;
  /** Less than a case may take, so that its adapter is closed in any case. */
  readonly limitMs?: number;
}

const PROGRAM_LIMIT_MS = 40_000;

export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: "1", ...options.env };
    const child = execFile(
      program,
      args,
      {
        ...options,
        env,
        timeout: options.limitMs ?? PROGRAM_LIMIT_MS,
        killSignal: "SIGKILL",
        maxBuffer: 1 << 26,
        encoding: "utf8",
      },
      (_, stdout, stderr) => {
        const settle = (): void =>
          resolve({ status: child.exitCode ?? undefined, signal: child.signalCode, stdout, stderr });
        const isOver = child.exitCode !== null || child.signalCode !== null;
        if (isOver) settle();
        else child.once("exit", settle); // after an abort it is called before the end
      },
    );
    child.stdin?.end();
    if (child.pid !== undefined) options.onStart?.(child.pid);
  });
}

/** The folder of the package, which the bundles lie in. */
const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));
const COMMAND = `${PACKAGE}bin/bootlace.js`;

export const bootlace = (args: readonly string[], options: RunOptions = {}): Promise<Ended> =>
  run(process.execPath, [COMMAND, ...args], options);
