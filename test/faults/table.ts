/** What a campaign prints. */
import type { Course, Tally } from "./campaign.js";
import type { Case, Place, Verdict } from "./trial.js";

const COLUMNS = [
  ["protocol", 9],
  ["session", 24],
  ["steps", 6],
  ["runs", 7],
  ["done", 7],
  ["failed", 7],
  ["false success", 14],
  ["half image boots", 17],
  ["wrong failure", 14],
  ["harm", 5],
  ["second run failed", 18],
  ["needed a reset", 14],
] as const;

type Cell = string | number;

const line = (cells: readonly Cell[]): string =>
  cells
    .map((cell, index) => {
      const width = COLUMNS[index]![1];
      return typeof cell === "number" ? String(cell).padStart(width) : cell.padEnd(width);
    })
    .join(" ");

const countsOf = (tally: Tally): number[] => [
  tally.runs,
  tally.done,
  tally.failed,
  tally.falseSuccesses,
  tally.halfBoots,
  tally.wrongFailures,
  tally.harmed,
  tally.againFailed,
  tally.neededReset,
];

export class Table {
  constructor(title: string) {
    console.log(`\n${title}`);
    console.log(line(COLUMNS.map(([name, width], index) => (index < 2 ? name : name.padStart(width)))));
  }

  row({ protocol, session, steps }: Course, tally: Tally): void {
    console.log(line([protocol.name, session.name, steps.length, ...countsOf(tally)]));
  }

  end(total: Tally): void {
    console.log(line(["all", "", "", ...countsOf(total)]));
  }
}

const placeText = (place: Place): string => {
  const { kind, how } = place.variant;
  const where = "at" in place ? `step ${place.at} (${place.variant.on})` : `operation ${place.operation}`;
  return `${kind}${how === "" ? "" : `, ${how},`} at ${where}`;
};

/** Enough to run it again. */
export function describeCase({ protocol, session, places, seed }: Case, verdict: Verdict): string {
  const { falseSuccess, halfBoot, wrongFailure, harm, again } = verdict;
  const wrongs = Object.entries({ falseSuccess, halfBoot, wrongFailure, harm, again }).filter(
    ([, text]) => text !== undefined,
  );
  const said = wrongs.map(([name, text]) => `${name}: ${text}`).join("; ");
  return `${protocol.name}, ${session.name}: ${places.map(placeText).join("; ")}; seed ${seed}\n        ${said}`;
}

/** How each kind of fault ended, and with which codes where the job failed. */
export class KindTable {
  readonly #rows = new Map<string, { runs: number; done: number; codes: Map<string, number> }>();

  add({ protocol, places: [place] }: Case, { met, resolved, code }: Verdict): void {
    if (!met) return;
    const { kind, how } = place!.variant;
    const name = `${protocol.bus}  ${how === "" ? kind : `${kind}: ${how}`}`;
    const row = this.#rows.get(name) ?? { runs: 0, done: 0, codes: new Map<string, number>() };
    this.#rows.set(name, row);
    row.runs++;
    if (resolved) row.done++;
    else row.codes.set(code ?? "?", (row.codes.get(code ?? "?") ?? 0) + 1);
  }

  print(): void {
    console.log(`\n${"kind of fault".padEnd(50)}    runs    done  failed`);
    for (const [name, { runs, done, codes }] of [...this.#rows].sort(([a], [b]) => a.localeCompare(b))) {
      const failures = [...codes].map(([code, count]) => `${code} ${count}`).join(", ");
      const counts = [runs, done, runs - done].map((count) => String(count).padStart(7)).join(" ");
      console.log(`${name.padEnd(50)} ${counts}  ${failures}`);
    }
  }
}
