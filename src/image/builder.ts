/**
 * Collects what the records of a file say into a sparse image: any order, gaps welcome; the same bytes twice are told,
 * different ones for one address refused.
 *
 * The reader decodes straight into `pool` at `used` and then calls `take`, so no record costs an object or a copy.
 */

import { hex } from "../errors.js";
import { MemoryImage } from "./image.js";
import { Overlay, type Conflict } from "./overlay.js";
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
  /** First address that no run before it has given. */
  readonly start: number;
}

/** What the runs come to. */
interface Merged {
  readonly segments: readonly Segment[];
  /** Ascending and apart: where each byte of the segments came from. */
  readonly runs: readonly Run[];
  readonly remarks: readonly string[];
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

  /** @throws BootlaceError IMAGE_INVALID when records give different bytes for one address */
  finish(entry?: number, notes: ImageNotes = {}): MemoryImage {
    const runs = this.#runs();
    const merged = this.#ascending
      ? { segments: this.#segments(runs), runs, remarks: [] }
      : this.#merge(runs);
    const remarks = [...(notes.remarks ?? []), ...merged.remarks];
    const placeOf = (address: number): Place | undefined => this.#placeOf(merged.runs, address);
    return new MemoryImage(merged.segments, this.#options.format, entry, { ...notes, placeOf, remarks });
  }

  #runs(): Run[] {
    const runs: Run[] = [];
    const records = this.#records;
    let first = 0;
    for (let index = 1; index <= records.count; index++) {
      if (index < records.count && records.address(index) === records.end(index - 1)) continue;
      runs.push({ first, last: index - 1, start: records.address(first) });
      first = index;
    }
    return runs;
  }

  /** In an ascending file the bytes lie ready in the pool; runs that touch do not occur. */
  #segments(runs: readonly Run[]): Segment[] {
    if (runs.length > MAX_SEGMENTS) this.#refuseScatter(runs[MAX_SEGMENTS]!.first);
    return runs.map(({ first, start, last }) => ({
      address: start,
      bytes: this.pool.subarray(this.#records.from(first), this.#records.from(last + 1)),
    }));
  }

  /** Runs in any order: what they share is compared, what touches becomes one segment. */
  #merge(unsorted: readonly Run[]): Merged {
    const records = this.#records;
    const runs: Run[] = [];
    let run: Run;
    const overlay = new Overlay(this.used, (conflict) => this.#refuseConflict(runs, run, conflict));
    for (run of [...unsorted].sort((a, b) => a.start - b.start)) {
      const part = this.pool.subarray(records.from(run.first), records.from(run.last + 1));
      const shared = overlay.add(run.start, part);
      if (overlay.count > MAX_SEGMENTS) this.#refuseScatter(run.first);
      if (shared < part.length) runs.push({ ...run, start: run.start + shared });
    }
    return { segments: overlay.finish(), runs, remarks: overlay.remarks };
  }

  #refuseConflict(runs: readonly Run[], run: Run, { address, before, now }: Conflict): never {
    const records = this.#records;
    const held = runs.find(({ start, last }) => address >= start && address < records.end(last))!;
    const one = records.search(held.first, held.last, address);
    const other = records.search(run.first, run.last, address);
    const [earlier, later] = one < other ? [one, other] : [other, one];
    const [first, second] = one < other ? [before, now] : [now, before];
    this.#refuse(
      this.#placeNumber(later, address),
      `gives ${hex(second, 2)} for ${hex(address)}, but ${this.#placeName(earlier, address)} gave ${hex(first, 2)}`,
      address,
    );
  }

  #refuseScatter(record: number): never {
    const address = this.#records.address(record);
    this.#refuse(
      this.#placeNumber(record, address),
      `the image falls into more than ${MAX_SEGMENTS} separate pieces`,
      address,
    );
  }

  #placeOf(runs: readonly Run[], address: number): Place | undefined {
    const records = this.#records;
    let low = 0;
    let high = runs.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const { first, last, start } = runs[middle]!;
      if (address < start) high = middle - 1;
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
