/** Starts holder.ts, and ends it. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("./holder.mjs", import.meta.url));

export interface Holder {
  readonly pid: number;
  /** The first line that it printed. */
  readonly said: string;
  end(signal?: NodeJS.Signals): Promise<void>;
}

export async function startHolder(args: readonly string[], uid = 0): Promise<Holder> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    uid,
    gid: uid,
  });
  const [chunk] = (await once(child.stdout, "data")) as [Buffer];
  const end = async (signal: NodeJS.Signals = "SIGKILL"): Promise<void> => {
    if (isOver(child)) return;
    child.kill(signal);
    await once(child, "exit");
  };
  return { pid: child.pid ?? 0, said: chunk.toString().trim(), end };
}

const isOver = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;
