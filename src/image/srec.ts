/**
 * Reads Motorola S-record: S0 header, S1 S2 S3 data with 16, 24 and 32-bit addresses, S5 S6 counts of the data
 * records so far, S7 S8 S9 start address and end. Source: srec(5), "Motorola S-record" in the M68000 Family
 * Programmer's Reference Manual, appendix C.
 *
 * A record is "St", a count of the bytes that follow, an address, data, and the ones' complement of their sum.
 */

import { hex } from "../errors.js";
import { ImageBuilder } from "./builder.js";
import type { MemoryImage } from "./image.js";
import type { ReadOptions } from "./read-options.js";
import { TextRecords, printable } from "./text-records.js";

const LETTER_S = 0x53;
const DIGIT_0 = 0x30;

/** Bytes of the address field by type; 0 for what does not exist. */
const ADDRESS_BYTES = [2, 2, 3, 4, 0, 2, 3, 4, 3, 2] as const;

class SrecReader {
  readonly #lines: TextRecords;
  readonly #builder: ImageBuilder;
  readonly #header = new Uint8Array(5);
  readonly #body = new Uint8Array(256);
  #dataRecords = 0;
  /** srec_cat ends a file without start address with the count alone: that too shows that nothing is missing. */
  #countedLast = false;
  #entry: number | undefined;

  constructor(text: Uint8Array, options: ReadOptions) {
    this.#lines = new TextRecords(text, options.file);
    this.#builder = new ImageBuilder({ ...options, format: "srec", poolBytes: (text.length >>> 1) + 256 });
  }

  read(): MemoryImage {
    const lines = this.#lines;
    while (lines.next()) {
      if (!this.#record()) continue;
      lines.end(LETTER_S);
      return this.#builder.finish(this.#entry, { remarks: lines.remarks });
    }
    if (this.#countedLast) return this.#builder.finish(this.#entry, { remarks: lines.remarks });
    throw lines.error(
      "the file ends with neither an end record (S7 to S9) nor a count (S5, S6): it was cut short",
    );
  }

  /** @returns true after the end record */
  #record(): boolean {
    const lines = this.#lines;
    const type = this.#type();
    const addressBytes = ADDRESS_BYTES[type]!;
    const header = this.#header;
    const headerSum = lines.bytes(1 + addressBytes, header, 0);
    const length = header[0]! - addressBytes - 1;
    if (length < 0)
      throw lines.error(
        `the byte count is ${header[0]!}, but address and checksum of an S${type} alone need ${addressBytes + 1}`,
      );
    const data = type >= 1 && type <= 3;
    const out = data ? this.#builder.pool : this.#body;
    const from = data ? this.#builder.used : 0;
    const bodySum = lines.bytes(length + 1, out, from);
    lines.endLine(type >= 7);
    this.#checkSum(headerSum + bodySum, out[from + length]!);
    let address = 0;
    for (let index = 1; index <= addressBytes; index++) address = address * 256 + header[index]!;
    this.#countedLast = type === 5 || type === 6;
    if (data) this.#data(address, length);
    else this.#control(type, address, length);
    return type >= 7;
  }

  #type(): number {
    const first = this.#lines.char();
    if (first !== LETTER_S)
      throw this.#lines.error(`a record begins with 'S', this line with ${printable(first)}`);
    const second = this.#lines.char();
    const type = second - DIGIT_0;
    if (!(ADDRESS_BYTES[type]! > 0)) {
      const found = Number.isNaN(second) ? "the end of the file" : printable(second);
      throw this.#lines.error(`record types are S0 to S3 and S5 to S9, after 'S' comes ${found}`);
    }
    return type;
  }

  #data(address: number, length: number): void {
    this.#dataRecords++;
    this.#builder.take(address, length, this.#lines.line);
  }

  #control(type: number, address: number, length: number): void {
    if (type === 0) return; // a title; its address and text mean nothing to a chip
    if (length > 0) throw this.#lines.error(`an S${type} has no data bytes, this one has ${length}`);
    if (type >= 7) {
      // 0 is what tools write when no start address was given.
      if (address !== 0) this.#entry = address;
    } else if (address !== this.#dataRecords) {
      const counted = `${this.#dataRecords} came before it`;
      throw this.#lines.error(`the S${type} counts ${address} data records, but ${counted}`);
    }
  }

  #checkSum(sum: number, found: number): void {
    if ((sum & 0xff) === 0xff) return;
    const expected = ~(sum - found) & 0xff;
    throw this.#lines.error(
      `the checksum is ${hex(found, 2)}, the bytes of the record give ${hex(expected, 2)}`,
    );
  }
}

/** @throws BootlaceError IMAGE_INVALID naming the line */
export const readSrec = (text: Uint8Array, options: ReadOptions): MemoryImage =>
  new SrecReader(text, options).read();
