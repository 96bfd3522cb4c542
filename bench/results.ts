/** The files in bench/results/: one pair for each kind of machine; what a run measured takes the place of what was there. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../test/fake-i2c-dev/project-folder.js";
import { type Machine, machineText } from "./machine.js";
import { markdownTable, type Result } from "./row.js";

interface Saved {
  readonly machine: Omit<Machine, "date">;
  readonly results: readonly Result[];
}

/** @returns a sentence for the user */
export function saveResults(measuredOn: Machine, fresh: readonly Result[]): string {
  const { date, ...machine } = measuredOn;
  const name = `${machine.cpu} ${machine.cpus} cpus`.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const folder = join(projectFolder(), "bench", "results");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Saved).results : [];
  const results = mergeResults(before, fresh, date);
  writeFileSync(file, `${JSON.stringify({ machine, results } satisfies Saved, null, 2)}\n`);
  const page = `# Measured on ${machineText(machine)}\n\n${markdownTable(results)}\n`;
  writeFileSync(join(folder, `${name}.md`), page);
  return `written to bench/results/${name}.md and .json`;
}

/** Rows that were measured take the place of the same rows before, refused ones do not; rows of their own come last. */
export function mergeResults(before: readonly Result[], fresh: readonly Result[], date: string): Result[] {
  const good = new Map(
    fresh.filter(({ refused }) => !refused).map((result) => [result.what, { ...result, date }]),
  );
  const kept = before.map((result) => good.get(result.what) ?? result);
  const known = new Set(before.map(({ what }) => what));
  return [...kept, ...[...good.values()].filter(({ what }) => !known.has(what))];
}
