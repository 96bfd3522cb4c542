/** What the figures were measured on. No names of hosts or people. */
import { execFileSync } from "node:child_process";
import { cpus, release, totalmem } from "node:os";

export interface Machine {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly stm32flash: string;
  readonly date: string;
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    // Without what a distribution or a host appends to the version.
    kernel: `Linux ${/^\d+\.\d+/.exec(release())?.[0] ?? "?"}`,
    node: process.version,
    stm32flash: stm32flashVersion(),
    date: new Date().toISOString().slice(0, 10),
  };
}

function stm32flashVersion(): string {
  try {
    const text = execFileSync("stm32flash", ["-h"], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    return /stm32flash (\d\S*)/.exec(text)?.[1] ?? "0.7";
  } catch {
    return "not installed";
  }
}

export const machineText = (m: Omit<Machine, "date">): string =>
  `${m.cpu}, ${m.cpus} CPUs, ${m.memoryGiB} GiB, ${m.kernel}, Node ${m.node}, stm32flash ${m.stm32flash}`;
