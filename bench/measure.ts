/** Runs a program and takes what it cost from the kernel: wall time, processor time, peak memory. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { compile } from "../test/fake-i2c-dev/build.js";
import { projectFolder } from "../test/fake-i2c-dev/project-folder.js";

export interface Measured {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakKiB: number;
  /** On CLOCK_MONOTONIC. */
  readonly startMs: number;
}

export const benchTool = (name: string): string =>
  compile(
    name,
    [join(projectFolder(), "bench", "native", `${name}.c`)],
    ["-O2", "-Wall", "-Wextra", "-Werror"],
  );

/** @throws Error with what the program said when it fails */
export async function measure(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  const result = await run(command, env);
  if (result.status === 0) return result;
  throw new Error(`${command.join(" ")} ended with ${result.status}\n${result.stdout}${result.stderr}`);
}

/**
 * Nothing of what the one who measures has set: NODE_OPTIONS, npm's variables, and NODE_EXTRA_CA_CERTS, for which Node 20 reads a
 * list of certificates at every start, 50 ms in all.
 */
const environment = (added: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  HOME: process.env["HOME"],
  LANG: "C.UTF-8",
  NO_COLOR: "1",
  ...added,
});

function run(command: readonly string[], env: Readonly<Record<string, string>>): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = spawn(benchTool("peak"), command, {
      env: environment(env),
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    const texts = ["", "", "", ""];
    for (const i of [1, 2, 3])
      child.stdio[i]!.on("data", (chunk: Buffer) => (texts[i] = `${texts[i]!}${chunk.toString()}`));
    child.on("error", reject);
    child.on("close", (status) => {
      const [wallMs = NaN, cpuMs = NaN, peakKiB = NaN, startMs = NaN] = texts[3]!
        .trim()
        .split(" ")
        .map(Number);
      resolve({
        status: status ?? -1,
        stdout: texts[1]!,
        stderr: texts[2]!,
        wallMs,
        cpuMs,
        peakKiB,
        startMs,
      });
    });
  });
}

/** The run whose time is nearest to the median of all. */
export function nearestToMedian<T>(all: readonly T[], timeOf: (run: T) => number): T {
  const middle = median(all.map(timeOf));
  const off = (run: T): number => Math.abs(timeOf(run) - middle);
  return all.reduce((best, each) => (off(each) < off(best) ? each : best));
}

export async function repeated<T>(runs: number, run: () => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let i = 0; i < runs; i++) all.push(await run());
  return all;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
