/** What a row of the table is and how it is written down. */

export interface Row {
  /** For the command line: `npm run bench -- full-write`. */
  readonly id: string;
  run(context: Context): Promise<readonly Result[]>;
}

export interface Context {
  /** How often each timed run is done; the median counts. */
  readonly runs: number;
  /** The program and its first arguments, or why there is none. */
  readonly bootlace: readonly string[] | undefined;
  readonly note: (text: string) => void;
}

export interface Result {
  readonly row: string;
  readonly what: string;
  /** In words, shortest first: what the table shows. */
  readonly measured: string;
  readonly toReach: string;
  /** undefined: nothing was asked, or it could not be measured. */
  readonly reached: boolean | undefined;
  /** There is no figure, and `measured` says why. What was measured before stays. */
  readonly refused?: true;
  /** YYYY-MM-DD. */
  readonly date?: string | undefined;
  /** Everything, in ms, frames, bytes, KiB, as the key says. */
  readonly figures: Readonly<Record<string, number>>;
}

/** A row without figures: what would be compared was disturbed, or is not there. */
export const refused = (row: string, what: string, why: string): Result => ({
  row,
  what,
  measured: `refused: ${why}`,
  toReach: "",
  reached: undefined,
  refused: true,
  figures: {},
});

const mark = (reached: boolean | undefined): string =>
  reached === undefined ? "" : reached ? "yes" : "**no**";

export function markdownTable(results: readonly Result[]): string {
  const rows = results.map(
    ({ what, measured, toReach, reached, date }) =>
      `| ${what} | ${measured} | ${toReach} | ${mark(reached)} | ${date ?? ""} |`,
  );
  return ["| what | measured | to reach | reached | on |", "|---|---|---|---|---|", ...rows].join("\n");
}

export const seconds = (ms: number): string =>
  ms < 995 ? `${(ms / 1e3).toFixed(3)} s` : `${(ms / 1e3).toFixed(2)} s`;
export const times = (ratio: number): string => (ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(1));
