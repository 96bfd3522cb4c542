/**
 * `npm run bench [-- ROW... --runs N --save]`: measures, prints one table, writes it to bench/results/ (all rows, or --save).
 * Ends with 1 when a row was refused. docs/performance.md says what each row means.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectFolder } from "../test/fake-i2c-dev/project-folder.js";
import { machine, machineText } from "./machine.js";
import { type Context, markdownTable, type Result, type Row } from "./row.js";
import { saveResults } from "./results.js";
import { buses } from "./rows/buses.js";
import { hostCost } from "./rows/host-cost.js";
import { memory } from "./rows/memory.js";
import { startUp } from "./rows/start-up.js";
import { uartWrites } from "./rows/uart.js";
import { legacy } from "./rows/legacy.js";
import { fullWrites, onePage, unchanged } from "./rows/writes.js";

const ROWS: readonly Row[] = [
  ...fullWrites,
  onePage,
  unchanged,
  ...legacy,
  ...uartWrites,
  hostCost,
  buses,
  startUp,
  memory,
];

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      runs: { type: "string", default: "3" },
      save: { type: "boolean", default: false },
      figures: { type: "boolean", default: false },
    },
  });
  const unknown = positionals.find((id) => !ROWS.some((row) => row.id === id));
  if (unknown) throw new Error(`there is no row ${unknown}: ${ROWS.map(({ id }) => id).join(", ")}`);
  const rows = ROWS.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
  const results = await measureAll(rows, Number(values.runs));
  const here = machine();
  if (values.figures)
    process.stdout.write(
      `${JSON.stringify(
        results.map(({ what, figures }) => ({ what, figures })),
        null,
        1,
      )}\n`,
    );
  process.stdout.write(`\n${machineText(here)}\n\n${markdownTable(results)}\n`);
  if (values.save || rows.length === ROWS.length) process.stdout.write(`\n${saveResults(here, results)}\n`);
  if (results.some(({ refused }) => refused)) process.exitCode = 1;
}

async function measureAll(rows: readonly Row[], runs: number): Promise<Result[]> {
  const note = (text: string): void => void process.stderr.write(`${text}\n`);
  const context: Context = { runs, bootlace: findBootlace(note), note };
  const results: Result[] = [];
  for (const row of rows) results.push(...(await row.run(context)));
  return results;
}

function findBootlace(note: (text: string) => void): readonly string[] | undefined {
  const program = join(projectFolder(), "bin", "bootlace.js");
  const said = spawnSync("node", [program, "--version"], { encoding: "utf8" });
  if (said.status === 0) return ["node", program];
  note(said.stderr.trim());
  note("bootlace is not built (npm run build): only the others are measured");
  return undefined;
}

await main(process.argv.slice(2));
