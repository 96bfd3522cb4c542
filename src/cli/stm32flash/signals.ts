/**
 * The string of -i: `[entry][:[exit]]`. A part is signals (a GPIO number, rts, dtr, brk; "-" in front: low) and delimiters,
 * "," waits 100 ms and "&" does not (manual of stm32flash 0.7, "Bootloader GPIO sequence").
 */
import type { Move } from "../../lines/sequence.js";
import { usageError } from "./usage-error.js";

export interface Signals {
  readonly entry: readonly Move[];
  /** Empty: the string has no exit part. */
  readonly exit: readonly Move[];
  /** Names that are moved: "rts", "17". */
  readonly names: ReadonlySet<string>;
}

const DELAY_MS = 100;
/** tcsendbreak(3) on Linux. */
const BREAK_MS = 250;

const TOKEN = /(-?)(\d+|rts|dtr|brk)|[,&]/y;

/** @throws BootlaceError USAGE naming the character that is not understood; nothing has been moved then */
export function parseSignals(text: string): Signals {
  const [entryText = "", exitText = "", ...more] = text.split(":");
  if (more.length > 0) throw usageError(`-i: "${text}" has more than one ":"`);
  const [entry, exit] = [parseMoves(entryText), parseMoves(exitText)];
  const names = [...entry, ...exit].flatMap((move) => (move.kind === "set" ? [...move.values.keys()] : []));
  return { entry, exit, names: new Set(names) };
}

function parseMoves(text: string): Move[] {
  const moves: Move[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const token = TOKEN.exec(text);
    if (token === null)
      throw usageError(
        `-i: "${text.slice(at)}" does not begin with a GPIO number, rts, dtr, brk, "," or "&"`,
      );
    moves.push(...movesOf(token));
  }
  return moves;
}

function movesOf([delimiter, minus, signal]: RegExpExecArray): Move[] {
  if (signal === undefined) return delimiter === "," ? [wait(DELAY_MS)] : [];
  if (signal === "brk") return minus === "-" ? [] : [set("brk", 1), wait(BREAK_MS), set("brk", 0)];
  const name = /^\d/.test(signal) ? String(Number(signal)) : signal;
  return [set(name, minus === "-" ? 0 : 1)];
}

const wait = (ms: number): Move => ({ kind: "wait", ms });
const set = (name: string, level: 0 | 1): Move => ({ kind: "set", values: new Map([[name, level]]) });
