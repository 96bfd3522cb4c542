/**
 * What JavaScript can hand to a public function, checked before anything is opened or sent: the types say the same, to those who use them.
 * A kind stands beside the type whose values it knows; what a function takes is a table of kinds beside its options.
 */
import { BootlaceError } from "./errors.js";

export interface Kind {
  /** Goes on after "is". */
  readonly says: string;
  readonly fits: (value: unknown) => boolean;
}

const kindOf = (type: string, says: string): Kind => ({ says, fits: (value) => typeof value === type });

/** A whole number. */
export const whole = (least: number, most: number): Kind => ({
  says: `a whole number from ${least} to ${most}`,
  fits: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
});

export const oneOf = (...words: readonly string[]): Kind => ({
  says: words.map((word) => `"${word}"`).join(" or "),
  fits: (value) => words.includes(value as string),
});

export const listOf = (kind: Kind, least = 0): Kind => ({
  says: `a list${least > 0 ? " of at least one" : ""}, each ${kind.says}`,
  fits: (value) => Array.isArray(value) && value.length >= least && every(value, kind),
});

/** Holes count: `Array.prototype.every` passes them over. */
const every = (list: readonly unknown[], kind: Kind): boolean => {
  for (const item of list) if (!kind.fits(item)) return false;
  return true;
};

export const ADDRESS_SPACE = 2 ** 32;

export const FLAG = kindOf("boolean", "true or false");
export const TEXT = kindOf("string", "text");
export const NUMBER = kindOf("number", "a number");
export const FUNCTION = kindOf("function", "a function");
export const OBJECT: Kind = { says: "an object", fits: isObject };
/** Also one of another realm: test runners have such. */
export const BYTES: Kind = {
  says: "a Uint8Array",
  fits: (value) =>
    ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]",
};
export const SIGNAL: Kind = { says: "an AbortSignal", fits: (value) => value instanceof AbortSignal };
export const ADDRESS = whole(0, ADDRESS_SPACE - 1);
export const SIZE = whole(1, ADDRESS_SPACE);
export const RANGE: Kind = {
  says: "{ start, end }, whole numbers with 0 <= start < end <= 2 ** 32",
  fits: (value) => {
    const { start, end } = isObject(value) ? value : {};
    return ADDRESS.fits(start) && SIZE.fits(end) && (start as number) < (end as number);
  },
};

const LONGEST_TIMER_MS = 2 ** 31 - 1;
export const TIME: Kind = {
  says: `a time in ms from 0 to ${LONGEST_TIMER_MS}`,
  fits: (value) => typeof value === "number" && value >= 0 && value <= LONGEST_TIMER_MS,
};

/** PATH_MAX of Linux. */
const MAX_PATH = 4096;
export const PATH: Kind = {
  says: `a path: text of 1 to ${MAX_PATH - 1} characters without NUL`,
  fits: (value) =>
    typeof value === "string" && value.length > 0 && value.length < MAX_PATH && !value.includes("\0"),
};

/** What each option is. */
export type Table<T> = Readonly<Record<keyof Required<T>, Kind>>;

/** @throws BootlaceError USAGE that names the argument */
export function checkArgument(name: string, kind: Kind, value: unknown): void {
  if (!kind.fits(value)) throw usage(`the argument "${name}" is ${kind.says}, not ${shown(value)}`);
}

/** @throws BootlaceError USAGE for an option that is not known or has a value of another kind; undefined is as if left away */
export function checkTable(table: Readonly<Record<string, Kind>>, options: unknown): void {
  if (!isObject(options)) throw usage(`options are an object, not ${shown(options)}`);
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!kind) throw usage(`there is no option "${name}" here; there are ${Object.keys(table).join(", ")}`);
    if (value !== undefined && !kind.fits(value))
      throw usage(`the option "${name}" is ${kind.says}, not ${shown(value)}`);
  }
}

/** An object of these members and perhaps others; those that are undefined count as left away where `needed` does not name them. */
export const shape = (
  says: string,
  members: Readonly<Record<string, Kind>>,
  needed = Object.keys(members),
): Kind => ({
  says,
  fits: (value) =>
    isObject(value) &&
    Object.entries(members).every(([name, kind]) =>
      value[name] === undefined && !needed.includes(name) ? true : kind.fits(value[name]),
    ),
});

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Short, and never a failure of its own: a getter or a toString of what was handed over is not called. */
export function shown(value: unknown): string {
  if (typeof value === "string") return `"${value.slice(0, 40)}"`;
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" || typeof value === "symbol" ? `a ${typeof value}` : String(value);
}

export const usage = (message: string, hint = "See the types of bootlace's functions."): BootlaceError =>
  new BootlaceError("USAGE", message, { hint });
