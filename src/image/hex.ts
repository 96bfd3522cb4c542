/**
 * Reads Intel HEX: "Intel Hexadecimal Object File Format Specification", revision A (1988).
 *
 * A record is ":LLAAAATT", LL data bytes and a checksum that makes the sum of all its bytes zero.
 */

import { hex } from "../errors.js";
import { ImageBuilder } from "./builder.js";
import type { MemoryImage } from "./image.js";
import type { ReadOptions } from "./read-options.js";
import { TextRecords, printable } from "./text-records.js";

const COLON = 0x3a;

const DATA = 0;
const END_OF_FILE = 1;
const SEGMENT_BASE = 2;
const SEGMENT_START = 3;
const LINEAR_BASE = 4;
const LINEAR_START = 5;

/** Data bytes that each type must have; data itself has as many as it says. */
const LENGTHS: readonly (number | undefined)[] = [undefined, 0, 2, 4, 2, 4];

class HexReader {
  readonly #lines: TextRecords;
  readonly #builder: ImageBuilder;
  readonly #header = new Uint8Array(4);
  readonly #body = new Uint8Array(256);
  #base = 0;
  /** After type 02 the offset wraps round inside 64 KiB; after 04, and at first, addresses just go on. */
  #segmented = false;
  #entry: number | undefined;

  constructor(text: Uint8Array, options: ReadOptions) {
    this.#lines = new TextRecords(text, options.file);
    // Each data byte takes two characters; a record that is cut short is decoded up to its 256th byte before it is refused.
    this.#builder = new ImageBuilder({ ...options, format: "hex", poolBytes: (text.length >>> 1) + 256 });
  }

  read(): MemoryImage {
    const lines = this.#lines;
    while (lines.next()) {
      if (!this.#record()) continue;
      lines.end(COLON);
      return this.#builder.finish(this.#entry, { remarks: lines.remarks });
    }
    throw lines.error("the file ends without an end-of-file record (type 01): it was cut short");
  }

  /** @returns true after the end-of-file record */
  #record(): boolean {
    const lines = this.#lines;
    const header = this.#header;
    const first = lines.char();
    if (first !== COLON) throw lines.error(`a record begins with ':', this line with ${printable(first)}`);
    const headerSum = lines.bytes(4, header, 0);
    const length = header[0]!;
    const type = header[3]!;
    const data = type === DATA;
    const out = data ? this.#builder.pool : this.#body;
    const from = data ? this.#builder.used : 0;
    const bodySum = lines.bytes(length + 1, out, from); // with the checksum, which the next record overwrites
    lines.endLine(type === END_OF_FILE);
    if (((headerSum + bodySum) & 0xff) !== 0) throw this.#badSum(headerSum + bodySum, out[from + length]!);
    const offset = (header[1]! << 8) | header[2]!;
    if (data) this.#data(offset, length);
    else this.#control(type, length);
    return type === END_OF_FILE;
  }

  #data(offset: number, length: number): void {
    const builder = this.#builder;
    const { line } = this.#lines;
    const fits = this.#segmented ? Math.min(length, 0x1_0000 - offset) : length;
    builder.take(this.#base + offset, fits, line);
    if (fits < length) builder.take(this.#base, length - fits, line);
  }

  #control(type: number, length: number): void {
    const expected = LENGTHS[type];
    if (expected === undefined) throw this.#lines.error(`record type ${hex(type, 2)} is none of 00 to 05`);
    if (length !== expected)
      throw this.#lines.error(
        `a record of type ${hex(type, 2)} has ${expected} data bytes, this one ${length}`,
      );
    const body = this.#body;
    const high = (body[0]! << 8) | body[1]!;
    const low = (body[2]! << 8) | body[3]!;
    if (type === SEGMENT_BASE || type === LINEAR_BASE) {
      this.#segmented = type === SEGMENT_BASE;
      this.#base = high * (this.#segmented ? 0x10 : 0x1_0000);
    }
    if (type === SEGMENT_START) this.#entry = high * 0x10 + low;
    if (type === LINEAR_START) this.#entry = high * 0x1_0000 + low;
  }

  #badSum(sum: number, found: number): Error {
    const expected = (found - sum) & 0xff;
    return this.#lines.error(
      `the checksum is ${hex(found, 2)}, the bytes of the record give ${hex(expected, 2)}`,
    );
  }
}

/** @throws BootlaceError IMAGE_INVALID naming the line */
export const readHex = (text: Uint8Array, options: ReadOptions): MemoryImage =>
  new HexReader(text, options).read();
