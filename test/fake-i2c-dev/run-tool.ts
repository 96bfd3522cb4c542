/** Runs a program without blocking this process, which may be serving it the bus. */
import { spawn } from "node:child_process";

export interface ToolResult {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ToolOptions {
  readonly cwd?: string;
  /** After that SIGKILL. Default 60 s. */
  readonly timeoutMs?: number;
  /** Gets the process id as soon as there is one, for tests that send signals. */
  readonly onStart?: (pid: number) => void;
}

/** @param env added to the environment of this process */
export function runTool(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  options: ToolOptions = {},
): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const out = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (out.stderr += text));
    const timer = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs ?? 60_000);
    child.on("error", reject);
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      resolve({ status, signal, ...out });
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
  });
}
