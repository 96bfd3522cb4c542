/** Colours and line drawing: only where the reader can see them. */

/** What the CLI needs of a stream; `process.stderr` has it. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Something that was written is lost. */
  readonly failure?: Error | undefined;
  write(text: string | Uint8Array): boolean;
}

export type Env = Readonly<Record<string, string | undefined>>;

type Paint = (text: string) => string;

export interface Style {
  /** The line may be drawn again and again. */
  readonly live: boolean;
  /** As wide as it is now: a terminal may be made narrower. */
  readonly columns: number;
  readonly bar: { readonly full: string; readonly empty: string };
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
}

/** NO_COLOR (no-color.org) wins over FORCE_COLOR, both win over what the stream is. */
export function wantsColour(output: Output, env: Env): boolean {
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return false;
  if (env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "") return env["FORCE_COLOR"] !== "0";
  return output.isTTY === true && env["TERM"] !== "dumb";
}

export function styleOf(output: Output, env: Env): Style {
  const colour = wantsColour(output, env);
  const paint =
    (code: number, off = 39) =>
    (text: string): string =>
      colour ? `\u001B[${code}m${text}\u001B[${off}m` : text;
  return {
    live: output.isTTY === true && env["TERM"] !== "dumb",
    get columns() {
      return columnsOf(output);
    },
    bar: speaksUtf8(env) ? { full: "━", empty: colour ? "━" : " " } : { full: "#", empty: "." },
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31),
    green: paint(32),
    yellow: paint(33),
    cyan: paint(36),
  };
}

const USUAL_COLUMNS = 80;
/** Below it nothing is readable. */
const LEAST_COLUMNS = 20;

/** A serial console, `docker exec -t` and many CI terminals say that they have 0 columns: they do not know. */
export const columnsOf = ({ columns }: Output): number => Math.max(LEAST_COLUMNS, columns || USUAL_COLUMNS);

/** The first of LC_ALL, LC_CTYPE and LANG that is set decides, as in setlocale(3). */
function speaksUtf8(env: Env): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return /utf-?8/i.test(locale);
}
