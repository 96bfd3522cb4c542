/**
 * Collects what the records of a file say into a sparse image: any order, gaps welcome, overlaps refused.
 *
 * The reader decodes straight into `pool` at `used` and then calls `take`, so no record costs an object or a copy.
 */

import { hex } from "../errors.js";
import { MemoryImage } from "./image.js";
import type { ImageFormat, ImageNotes, Place, Segment } from "./image.js";
import { Records } from "./records.js";
import { rejected } from "./reject.js";

/** Firmware has a handful of segments. The limit keeps what a hostile file costs near its own size. */
export const MAX_SEGMENTS = 65_536;

const ADDRESS_SPACE = 0x1_0000_0000;

export interface BuilderOptions {
  readonly file: string;
  readonly format: ImageFormat;
  /** Most data bytes that the file can hold, from its size. */
  readonly poolBytes: number;
  /** Bytes that nobody else changes: they become the pool, and adding them copies nothing. */
  readonly pool?: Uint8Array | undefined;
  /** Most data bytes that the caller wants. */
  readonly maxBytes: number;
}

/** Records `first` to `last`, each beginning where the one before ends. */
interface Run {
  readonly first: number;
  readonly last: number;
}

export class ImageBuilder {
  /** Bytes of all records, one after the other in the order of the file. */
  readonly pool: Uint8Array;
  used = 0;

  readonly #options: BuilderOptions;
  readonly #records = new Records();
  /** End of the last record, and whether all came in ascending order so far. */
  #end = 0;
  #ascending = true;

  constructor(options: BuilderOptions) {
    this.#options = options;
    this.pool = options.pool ?? new Uint8Array(options.poolBytes);
  }

  /**
   * The next `lengthBytes` bytes of the pool belong at `address`.
   * @param place line of a text format, offset of the first byte in a binary one
   */
  take(address: number, lengthBytes: number, place: number): void {
    if (lengthBytes === 0) return;
    const end = address + lengthBytes;
    if (end > ADDRESS_SPACE)
      this.#refuse(
        place,
        `the data at ${hex(address)} runs past the 4 GiB that 32-bit addresses reach`,
        address,
      );
    if (this.used + lengthBytes > this.#options.maxBytes)
      this.#refuse(place, `the image is larger than ${this.#options.maxBytes} bytes`, address);
    if (address < this.#end) this.#ascending = false;
    this.#records.push(address, lengthBytes, place);
    this.used += lengthBytes;
    this.#end = end;
  }

  /** Copies `bytes` in: for formats whose data lies ready in the file. */
  add(address: number, bytes: Uint8Array, place: number): void {
    if (bytes !== this.pool) this.pool.set(bytes, this.used);
    this.take(address, bytes.length, place);
  }

  /** @throws BootlaceError IMAGE_INVALID when records overlap */
  finish(entry?: number, notes: ImageNotes = {}): MemoryImage {
    const runs = this.#runs();
    if (!this.#ascending) {
      runs.sort((a, b) => this.#records.address(a.first) - this.#records.address(b.first));
      this.#refuseOverlap(runs);
    }
    const placeOf = (address: number): Place | undefined => this.#placeOf(runs, address);
    return new MemoryImage(this.#segments(runs), this.#options.format, entry, { ...notes, placeOf });
  }

  #runs(): Run[] {
    const runs: Run[] = [];
    const records = this.#records;
    let first = 0;
    for (let index = 1; index <= records.count; index++) {
      if (index < records.count && records.address(index) === records.end(index - 1)) continue;
      runs.push({ first, last: index - 1 });
      first = index;
    }
    return runs;
  }

  /** Runs that touch become one segment; in an ascending file its bytes lie ready in the pool. */
  #segments(runs: readonly Run[]): Segment[] {
    const records = this.#records;
    const bytes = this.#ascending ? this.pool : this.#sortedPool(runs);
    const segments: Segment[] = [];
    let from = 0;
    let to = 0;
    runs.forEach(({ first, last }, index) => {
      to += records.end(last) - records.address(first);
      const next = runs[index + 1];
      if (next !== undefined && records.address(next.first) === records.end(last)) return;
      if (segments.length === MAX_SEGMENTS) this.#refuseScatter(first);
      segments.push({ address: records.end(last) - (to - from), bytes: bytes.subarray(from, to) });
      from = to;
    });
    return segments;
  }

  #sortedPool(runs: readonly Run[]): Uint8Array {
    const sorted = new Uint8Array(this.used);
    let to = 0;
    for (const { first, last } of runs) {
      const part = this.pool.subarray(this.#records.from(first), this.#records.from(last + 1));
      sorted.set(part, to);
      to += part.length;
    }
    return sorted;
  }

  #refuseOverlap(runs: readonly Run[]): void {
    const records = this.#records;
    for (let index = 1; index < runs.length; index++) {
      const before = runs[index - 1]!;
      const after = runs[index]!;
      const address = records.address(after.first);
      const end = Math.min(records.end(before.last), records.end(after.last));
      if (address >= end) continue;
      const one = records.search(before.first, before.last, address);
      const [earlier, later] = one < after.first ? [one, after.first] : [after.first, one];
      this.#refuse(
        this.#placeNumber(later, address),
        `gives ${count(end - address)} from ${hex(address)} again, after ${this.#placeName(earlier, address)}; ` +
          (this.#same(before, after, address, end) ? "both give the same bytes" : "the two differ"),
        address,
      );
    }
  }

  #refuseScatter(record: number): never {
    const address = this.#records.address(record);
    this.#refuse(
      this.#placeNumber(record, address),
      `the image falls into more than ${MAX_SEGMENTS} separate pieces`,
      address,
    );
  }

  #same(before: Run, after: Run, address: number, end: number): boolean {
    const records = this.#records;
    const a = records.from(before.first) + address - records.address(before.first);
    const b = records.from(after.first);
    const { pool } = this;
    for (let index = 0; index < end - address; index++) if (pool[a + index] !== pool[b + index]) return false;
    return true;
  }

  #placeOf(runs: readonly Run[], address: number): Place | undefined {
    const records = this.#records;
    let low = 0;
    let high = runs.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const { first, last } = runs[middle]!;
      if (address < records.address(first)) high = middle - 1;
      else if (address >= records.end(last)) low = middle + 1;
      else return this.#asPlace(this.#placeNumber(records.search(first, last, address), address));
    }
    return undefined;
  }

  get #isText(): boolean {
    return this.#options.format === "hex" || this.#options.format === "srec";
  }

  /** A text record is named by its line; in a binary file the very byte has an offset. */
  #placeNumber(record: number, address: number): number {
    const place = this.#records.place(record);
    return this.#isText ? place : place + address - this.#records.address(record);
  }

  #asPlace(place: number): Place {
    return this.#isText ? { line: place } : { offset: place };
  }

  #placeName(record: number, address: number): string {
    const place = this.#placeNumber(record, address);
    return this.#isText ? `line ${place}` : `offset ${hex(place)}`;
  }

  #refuse(place: number, what: string, address: number): never {
    throw rejected(this.#options.file, this.#asPlace(place), what, { address });
  }
}

const count = (bytes: number): string => (bytes === 1 ? "1 byte" : `${bytes} bytes`);
