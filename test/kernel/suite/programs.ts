/** Runs programs beside the suite without blocking it: the suite itself serves the adapter that they use. */
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
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
}

const PROGRAM_LIMIT_MS = 50_000;

export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: "1", ...options.env };
    const child = execFile(
      program,
      args,
      { ...options, env, timeout: PROGRAM_LIMIT_MS, maxBuffer: 1 << 26, encoding: "utf8" },
      (_, stdout, stderr) =>
        resolve({ status: child.exitCode ?? undefined, signal: child.signalCode, stdout, stderr }),
    );
    child.stdin?.end();
  });
}

/** The folder of the package, which the bundles lie in. */
const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));
const COMMAND = `${PACKAGE}bin/bootlace.js`;

export const bootlace = (args: readonly string[], options: RunOptions = {}): Promise<Ended> =>
  run(process.execPath, [COMMAND, ...args], options);

/** The command in the background, for cases that need two at once. */
export const startBootlace = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [COMMAND, ...args], { stdio: ["ignore", "pipe", "pipe"] });

/** Resolves when the process has ended. */
export const ended = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve) => child.once("exit", (code) => resolve(code)));
