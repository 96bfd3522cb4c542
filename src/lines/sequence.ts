/**
 * Reset sequences: how BOOT0 and NRST are moved to get into the bootloader and out of it again.
 *
 *   boot0@gpiochip0:17 nrst@!gpiochip0:27; boot0=1 nrst=0 wait=10 nrst=1 wait=50 / boot0=0 nrst=0 wait=10 nrst=1
 *
 * In front of ";" names are bound to lines (see line-reference.ts); options may bind them instead. Behind it, the entry part,
 * "/", and the exit part. `name=1` sets a line high, `name=0` low, `name=z` lets it float; `wait=10` waits 10 ms; moves joined
 * by "," are made together: `boot0=1,nrst=0`. A level is that of the STM32's pin, "!" in the binding takes care of transistors.
 * A preset's name may stand for the sequence: "boot0@GPIO17 nrst@GPIO27; gpio".
 * `rts`, `dtr`, `brk` and `gpiochip0:17` may be used without a name. `cmd:COMMAND` alone runs COMMAND with "enter" and "leave".
 */
import { BootlaceError } from "../errors.js";
import { parseLineReference } from "./line-reference.js";
import type { LineReference } from "./line-reference.js";
import { presetText } from "./presets.js";

export type Level = 0 | 1 | "z";

export type Move =
  | { readonly kind: "set"; readonly values: ReadonlyMap<string, Level> }
  | { readonly kind: "wait"; readonly ms: number };

export interface ResetSequence {
  /** Every name that is used, with the line it moves. */
  readonly lines: ReadonlyMap<string, LineReference>;
  readonly entry: readonly Move[];
  readonly exit: readonly Move[];
}

/** Longest wait that makes sense in a sequence; a typing error otherwise. */
const MAX_WAIT_MS = 60_000;

/**
 * @param text a sequence, a preset's name, or cmd:COMMAND
 * @param bindings lines given by option, `{ boot0: "gpiochip0:17" }`; they win over those in the text
 * @throws BootlaceError USAGE that says which word is wrong
 */
export function parseResetSequence(
  text: string,
  bindings: Readonly<Record<string, string | undefined>> = {},
): ResetSequence {
  const trimmed = text.trim();
  if (trimmed.startsWith("cmd:")) {
    const sequence = commandSequence(trimmed);
    refuseUnmoved(bindings, sequence.lines);
    return sequence;
  }
  const own = splitBindings(trimmed);
  const { bindingText, sequenceText } = splitBindings(presetText(own.sequenceText) ?? own.sequenceText);
  const bound = new Map([...parseBindings(bindingText), ...parseBindings(own.bindingText)]);
  for (const [name, line] of Object.entries(bindings))
    if (line !== undefined) bound.set(name, parseLineReference(line));
  const [entryText = "", exitText = "", ...more] = sequenceText.split(/\s\/\s|\s\/$|^\/\s/);
  if (more.length > 0) throw usage(`"${text}" has more than one "/": one entry part and one exit part`);
  const entry = parseMoves(entryText);
  const exit = parseMoves(exitText);
  if (entry.length === 0 && exit.length === 0) throw usage("the reset sequence is empty");
  refuseEndInReset(entry);
  const lines = resolveLines([...entry, ...exit], bound);
  refuseUnmoved(bindings, lines);
  return { lines, entry, exit };
}

/** A line that was named and that no move sets was meant to be moved. */
function refuseUnmoved(
  bindings: Readonly<Record<string, string | undefined>>,
  lines: ReadonlyMap<string, LineReference>,
): void {
  for (const [name, line] of Object.entries(bindings))
    if (line !== undefined && !lines.has(name))
      throw usage(`no move of the reset sequence sets ${name}: --line ${name}=${line} has no meaning`);
}

function commandSequence(text: string): ResetSequence {
  const reference = parseLineReference(text);
  if (reference.kind !== "command") throw usage(`"${text}" names no command`);
  const board = (level: Level): Move => ({ kind: "set", values: new Map([["board", level]]) });
  const lines = new Map([["board", { ...reference, words: ["leave", "enter"] } as const]]);
  return { lines, entry: [board(1)], exit: [board(0)] };
}

function splitBindings(text: string): { bindingText: string; sequenceText: string } {
  const at = text.lastIndexOf(";"); // a command in a binding may have its own
  return at < 0
    ? { bindingText: "", sequenceText: text }
    : { bindingText: text.slice(0, at), sequenceText: text.slice(at + 1).trim() };
}

/** `name@line` separated by blanks; a command takes everything up to the next `name@`. */
function parseBindings(text: string): Map<string, LineReference> {
  const bound = new Map<string, LineReference>();
  for (const part of text.trim().split(/\s+(?=[a-z][a-z0-9_]*@)/i)) {
    if (part === "") continue;
    const [, name, line] = /^([a-z][a-z0-9_]*)@(.+)$/is.exec(part) ?? [];
    if (name === undefined || line === undefined)
      throw usage(`"${part}" is not of the form name@line, for instance nrst@gpiochip0:27`);
    if (bound.has(name)) throw usage(`${name} is bound twice`);
    bound.set(name, parseLineReference(line));
  }
  return bound;
}

const parseMoves = (text: string): Move[] => text.trim().split(/\s+/).filter(Boolean).map(parseMove);

function parseMove(word: string): Move {
  const wait = /^wait=(.*)$/.exec(word)?.[1];
  if (wait !== undefined) return { kind: "wait", ms: parseWait(wait, word) };
  const values = new Map<string, Level>();
  for (const part of word.split(",")) {
    const [, name, level] = /^([^=]+)=([^=]*)$/.exec(part) ?? [];
    if (name === undefined || level === undefined)
      throw usage(`"${part}" is not a move: write name=1, name=0, name=z or wait=10`);
    if (name === "wait") throw usage(`"${word}": a wait cannot be joined with other moves`);
    if (values.has(name)) throw usage(`"${word}" sets ${name} twice at once`);
    values.set(name, parseLevel(level, part));
  }
  return { kind: "set", values };
}

function parseWait(text: string, word: string): number {
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (ms >= 0 && ms <= MAX_WAIT_MS) return ms;
  throw usage(`"${word}": a wait is 0 to ${MAX_WAIT_MS} milliseconds, without a unit`);
}

function parseLevel(text: string, word: string): Level {
  if (text === "0") return 0;
  if (text === "1") return 1;
  if (text === "z") return "z";
  throw usage(`"${word}": a level is 0, 1 or z (let it float)`);
}

/** What the names in the moves stand for: bound names, and lines written directly. */
function resolveLines(
  moves: readonly Move[],
  bound: ReadonlyMap<string, LineReference>,
): Map<string, LineReference> {
  const lines = new Map<string, LineReference>();
  for (const move of moves) {
    if (move.kind === "wait") continue;
    for (const [name, level] of move.values) {
      const reference = bound.get(name) ?? parseDirect(name);
      if (level === "z" && reference.kind === "serial")
        throw usage(`"${name}=z": ${reference.line} of a serial port cannot float`);
      lines.set(name, reference);
    }
  }
  return lines;
}

function parseDirect(name: string): LineReference {
  if (/^(rts|dtr|brk)$/i.test(name) || name.includes(":")) return parseLineReference(name);
  throw new BootlaceError("USAGE", `"${name}" is bound to no line`, {
    hint: `Say what it is wired to, in front of the sequence or of the preset's name: "${name}@gpiochip0:17; ...".`,
  });
}

/** An entry part that leaves NRST low would be waited for in vain. */
function refuseEndInReset(entry: readonly Move[]): void {
  const last = entry.flatMap((move) =>
    move.kind === "set" && move.values.has("nrst") ? [move.values.get("nrst")] : [],
  );
  if (last.at(-1) === 0) throw usage("the entry part ends with nrst=0: the chip would stay in reset");
}

const usage = (message: string): BootlaceError => new BootlaceError("USAGE", message);
