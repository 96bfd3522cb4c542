/**
 * Walks a text of one record per line, as Intel HEX and S-record are: skips blank lines and comments, counts lines
 * whatever ends them (LF, CRLF, CR), and turns pairs of hexadecimal digits into bytes.
 *
 * Works on bytes through tables: 2 MiB of firmware are 5.6 MB of text, and no string is made of it.
 */

import type { BootlaceError, ErrorContext } from "../errors.js";
import { rejected } from "./reject.js";

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/** Value of a digit by its character code; -1 for what is none. */
const LOW_DIGIT = new Int16Array(256).fill(-1);
const HIGH_DIGIT = new Int16Array(256).fill(-1);
for (const digits of ["0123456789ABCDEF", "0123456789abcdef"])
  for (let value = 0; value < 16; value++) {
    LOW_DIGIT[digits.charCodeAt(value)] = value;
    HIGH_DIGIT[digits.charCodeAt(value)] = value << 4;
  }

const BOM = [0xef, 0xbb, 0xbf];
const SEMICOLON = 0x3b;
const HASH = 0x23;
const SLASH = 0x2f;

/** What fills the rest of a file: Ctrl-Z from DOS, NULs and erased flash from programs that pad. */
const PADDING: ReadonlySet<number> = new Set([0x00, 0x1a, 0xff]);

export class TextRecords {
  /** Line of the record at the cursor, from 1. */
  line = 1;
  /** Offset of its first character. */
  start = 0;

  readonly #text: Uint8Array;
  readonly #file: string;
  #at: number;
  #comments = 0;
  #firstComment = 0;
  /** Bytes of text behind the end record. */
  #trailing = 0;

  constructor(text: Uint8Array, file: string) {
    this.#text = text;
    this.#file = file;
    this.#at = BOM.every((byte, index) => text[index] === byte) ? BOM.length : 0;
  }

  /** Moves to the next line that is neither blank nor a comment; false at the end of the text. */
  next(): boolean {
    while (this.#nextLine()) {
      if (!this.#atComment()) return true;
      if (this.#comments++ === 0) this.#firstComment = this.line;
      this.#skipLine();
    }
    return false;
  }

  /**
   * Looks at what stands behind the end record: padding is no data, text is left out.
   * @param record what a record begins with: a second file, which nobody asked for
   * @throws BootlaceError IMAGE_INVALID
   */
  end(record: number): void {
    while (this.#nextLine()) {
      const char = this.#text[this.#at]!;
      const isRecord = char === record && LOW_DIGIT[this.#text[this.#at + 1]!]! >= 0;
      if (isRecord) throw this.error("a further record stands behind the end record");
      if (PADDING.has(char)) this.#at++;
      else if (char < SPACE)
        throw this.error(`${printable(char)} stands behind the end record, neither padding nor text`);
      else this.#trailing += this.#skipLine();
    }
  }

  /** What was left out, for the user to see. */
  get remarks(): string[] {
    const comments = this.#comments === 1 ? "1 comment is" : `${this.#comments} comments are`;
    return [
      ...(this.#comments > 0 ? [`${comments} left out, from line ${this.#firstComment} on`] : []),
      ...(this.#trailing > 0 ? [`${this.#trailing} bytes of text behind the end record are left out`] : []),
    ];
  }

  #atComment(): boolean {
    const text = this.#text;
    const first = text[this.#at];
    return first === SEMICOLON || first === HASH || (first === SLASH && text[this.#at + 1] === SLASH);
  }

  /** @returns how many characters it had */
  #skipLine(): number {
    const text = this.#text;
    const from = this.#at;
    while (this.#at < text.length && text[this.#at] !== LF && text[this.#at] !== CR) this.#at++;
    return this.#at - from;
  }

  #nextLine(): boolean {
    const text = this.#text;
    let at = this.#at;
    for (; at < text.length; at++) {
      const char = text[at]!;
      if (char === LF || (char === CR && text[at + 1] !== LF)) this.line++;
      else if (char !== CR && char !== SPACE && char !== TAB) break;
    }
    this.#at = at;
    this.start = at;
    return at < text.length;
  }

  /** The character at the cursor, which moves on; NaN at the end. */
  char(): number {
    return this.#text[this.#at++] ?? NaN;
  }

  /**
   * Decodes `count` bytes into `out` from `to` on.
   * @returns their sum, modulo 256
   * @throws BootlaceError IMAGE_INVALID at what is not a digit, or where the line ends too soon
   */
  bytes(count: number, out: Uint8Array, to: number): number {
    const text = this.#text;
    const from = this.#at;
    if (from + 2 * count > text.length) throw this.#badDigit(from);
    let sum = 0;
    let signs = 0;
    for (let index = 0; index < count; index++) {
      const byte = HIGH_DIGIT[text[from + 2 * index]!]! | LOW_DIGIT[text[from + 2 * index + 1]!]!;
      out[to + index] = byte;
      sum += byte;
      signs |= byte;
    }
    if (signs < 0) throw this.#badDigit(from);
    this.#at = from + 2 * count;
    return sum & 0xff;
  }

  /**
   * Nothing but blanks and a comment may follow on the line.
   * @param last the end record: what follows it is looked at by `end`
   */
  endLine(last: boolean): void {
    const text = this.#text;
    while (text[this.#at] === SPACE || text[this.#at] === TAB) this.#at++;
    const char = text[this.#at];
    if (char === undefined || char === LF || char === CR || (last && PADDING.has(char))) return;
    if (!this.#atComment()) {
      const column = `column ${this.#at - this.start + 1}`;
      throw this.error(`the record is complete, but the line goes on with ${printable(char)} at ${column}`);
    }
    if (this.#comments++ === 0) this.#firstComment = this.line;
    this.#skipLine();
  }

  /** The record at the cursor is wrong. */
  error(what: string, more: ErrorContext = {}): BootlaceError {
    return rejected(this.#file, { line: this.line, offset: this.start }, what, more);
  }

  #badDigit(from: number): BootlaceError {
    const text = this.#text;
    let at = from;
    while (at < text.length && LOW_DIGIT[text[at]!]! >= 0) at++;
    if (at >= text.length || text[at] === LF || text[at] === CR)
      return this.error(`the line is cut short: it ends after ${at - this.start} characters`);
    return this.error(`${printable(text[at]!)} at column ${at - this.start + 1} is not a hexadecimal digit`);
  }
}

/** A character for a message: "'G'", or "byte 0x07" where it cannot be shown. */
export function printable(char: number): string {
  if (char > SPACE && char < 0x7f) return `'${String.fromCharCode(char)}'`;
  return `byte 0x${char.toString(16).toUpperCase().padStart(2, "0")}`;
}
