/**
 * Walks a text of one record per line, as Intel HEX and S-record are: skips blank lines, counts lines whatever
 * ends them (LF, CRLF, CR), and turns pairs of hexadecimal digits into bytes.
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

export class TextRecords {
  /** Line of the record at the cursor, from 1. */
  line = 1;
  /** Offset of its first character. */
  start = 0;

  readonly #text: Uint8Array;
  readonly #file: string;
  #at: number;

  constructor(text: Uint8Array, file: string) {
    this.#text = text;
    this.#file = file;
    this.#at = BOM.every((byte, index) => text[index] === byte) ? BOM.length : 0;
  }

  /** Moves to the next line that is not blank; false at the end of the text. */
  next(): boolean {
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

  /** Nothing but blanks may follow on the line. */
  endLine(): void {
    const text = this.#text;
    let at = this.#at;
    while (text[at] === SPACE || text[at] === TAB) at++;
    if (at < text.length && text[at] !== LF && text[at] !== CR) {
      const column = `column ${at - this.start + 1}`;
      throw this.error(
        `the record is complete, but the line goes on with ${printable(text[at]!)} at ${column}`,
      );
    }
    this.#at = at;
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
