/** Named cases, run one after the other; each prints one line, and all go into the results file. */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

interface Case {
  readonly name: string;
  readonly run: () => unknown;
}

const CASE_LIMIT_MS = 180_000;
/** Of a failure's text: a comparison of two firmware images is long. */
const MOST_LINES = 25;
const cases: Case[] = [];

/** @param name a sentence */
export function test(name: string, run: Case["run"]): void {
  cases.push({ name, run });
}

/** Runs what `test` collected; a file "only" with a part of the names picks some. Sets the exit code. */
export async function runCases(): Promise<void> {
  const lines: string[] = [];
  const folder = process.env["RESULTS"] ?? ".";
  const only = readFileSync(join(folder, "only"), "utf8");
  const results = join(folder, "results.txt");
  writeFileSync(results, "");
  for (const item of cases.filter(({ name }) => name.includes(only))) {
    const before = performance.now();
    const failure = await outcomeOf(item);
    const elapsed = `${Math.round(performance.now() - before)} ms`;
    lines.push(failure === undefined ? `ok ${item.name}` : `not ok ${item.name}`);
    appendFileSync(results, `${lines.at(-1)!}\n`); // at once: the kernel may not live to the end
    console.log(
      failure === undefined ? `ok ${item.name} (${elapsed})` : `not ok ${item.name} (${elapsed})\n${failure}`,
    );
  }
  const bad = lines.filter((line) => line.startsWith("not ok")).length;
  writeFileSync(
    join(process.env["RESULTS"] ?? ".", "results.txt"),
    lines.map((line) => `${line}\n`).join(""),
  );
  console.log(`${lines.length - bad} passed, ${bad} failed`);
  process.exit(bad === 0 && lines.length > 0 ? 0 : 1); // a case that timed out may have left something open
}

async function outcomeOf({ run }: Case): Promise<string | undefined> {
  const guard = new AbortController();
  try {
    await Promise.race([Promise.resolve().then(run), deadline(guard.signal)]);
    return undefined;
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return text.split("\n", MOST_LINES).join("\n").replace(/^/gm, "    ");
  } finally {
    guard.abort();
  }
}

const deadline = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`not done after ${CASE_LIMIT_MS} ms`)), CASE_LIMIT_MS);
    signal.addEventListener("abort", () => clearTimeout(timer));
  });
