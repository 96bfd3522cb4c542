/**
 * Reads UF2: blocks of 512 bytes, each with its own address and up to 476 bytes of payload.
 * Source: Microsoft "USB Flashing Format (UF2)", README of github.com/microsoft/uf2.
 */

import { hex } from "../errors.js";
import { ImageBuilder } from "./builder.js";
import type { ImageNotes, MemoryImage } from "./image.js";
import type { ReadOptions } from "./read-options.js";
import { rejected } from "./reject.js";

const BLOCK_BYTES = 512;
const HEADER_BYTES = 32;
const PAYLOAD_BYTES = 476;
/** A block with an MD5 gives the last 24 bytes of the payload's room to it. */
const MD5_BYTES = 24;

export const UF2_MAGIC = [0x0a32_4655, 0x9e5d_5157, 0x0ab1_6f30] as const;
export const UF2_FLAGS = { notMainFlash: 0x1, fileContainer: 0x1000, familyId: 0x2000, md5: 0x4000 } as const;

class Uf2Reader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #options: ReadOptions;
  readonly #builder: ImageBuilder;
  /** Offset of the block in work. */
  #at = 0;
  /** Blocks are numbered from 0; `#total` as the first of them says, 0 between two sets. */
  #next = 0;
  #total = 0;
  #skipped = 0;
  #familyId: number | undefined;
  #taken = 0;

  constructor(bytes: Uint8Array, options: ReadOptions) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#options = options;
    this.#builder = new ImageBuilder({ ...options, format: "uf2", poolBytes: bytes.length });
  }

  read(): MemoryImage {
    const { length } = this.#bytes;
    for (this.#at = 0; this.#at < length; this.#at += BLOCK_BYTES) this.#block();
    if (length === 0 || this.#next !== 0)
      throw this.#error(0, `the file ends after ${this.#next} of ${this.#total} blocks: it was cut short`);
    if (this.#builder.used === 0) {
      this.#at = 0;
      throw this.#error(8, "no block has bytes for the main flash");
    }
    const family: ImageNotes = this.#familyId === undefined ? {} : { familyId: this.#familyId };
    return this.#builder.finish(undefined, { ...family, skippedBlocks: this.#skipped });
  }

  #block(): void {
    const left = this.#bytes.length - this.#at;
    if (left < BLOCK_BYTES)
      throw this.#error(0, `the last block is cut short: ${left} of ${BLOCK_BYTES} bytes`);
    this.#checkMagic(0, UF2_MAGIC[0]);
    this.#checkMagic(4, UF2_MAGIC[1]);
    this.#checkMagic(BLOCK_BYTES - 4, UF2_MAGIC[2]);
    this.#checkNumber();
    const flags = this.#field(8);
    const length = this.#field(16);
    const most = (flags & UF2_FLAGS.md5) !== 0 ? PAYLOAD_BYTES - MD5_BYTES : PAYLOAD_BYTES;
    if (length > most)
      throw this.#error(16, `a payload of ${length} bytes, but a block holds ${most} at most`);
    if ((flags & UF2_FLAGS.fileContainer) !== 0)
      throw this.#error(8, "the block holds a piece of a file (file container), not of the flash");
    if ((flags & UF2_FLAGS.notMainFlash) !== 0) this.#skipped++;
    else this.#take(flags, length);
  }

  #take(flags: number, length: number): void {
    const family = (flags & UF2_FLAGS.familyId) !== 0 ? this.#field(28) : undefined;
    if (this.#taken++ === 0) this.#familyId = family;
    else if (family !== this.#familyId)
      throw this.#error(
        28,
        `the block is for ${familyText(family)}, those before it for ${familyText(this.#familyId)}`,
      );
    const from = this.#at + HEADER_BYTES;
    this.#builder.add(this.#field(12), this.#bytes.subarray(from, from + length), from);
  }

  /** Blocks stand in order and are complete; then another set may follow. */
  #checkNumber(): void {
    const number = this.#field(20);
    const total = this.#field(24);
    if (this.#next === 0) this.#total = total;
    if (total === 0) throw this.#error(24, "the block says that there are no blocks");
    if (total !== this.#total)
      throw this.#error(
        24,
        `the block says that there are ${total} blocks, those before it said ${this.#total}`,
      );
    if (number !== this.#next || number >= total)
      throw this.#error(20, `block ${number} of ${total} where block ${this.#next} should be`);
    this.#next = number + 1 === total ? 0 : number + 1;
  }

  #checkMagic(field: number, magic: number): void {
    if (this.#field(field) !== magic)
      throw this.#error(field, `no UF2 block: ${hex(this.#field(field))} where ${hex(magic)} should be`);
  }

  #field(offset: number): number {
    return this.#view.getUint32(this.#at + offset, true);
  }

  #error(field: number, what: string): Error {
    return rejected(this.#options.file, { offset: this.#at + field }, what);
  }
}

const familyText = (id: number | undefined): string => (id === undefined ? "no family" : `family ${hex(id)}`);

/** @throws BootlaceError IMAGE_INVALID naming the offset of the field that is wrong */
export const readUf2 = (bytes: Uint8Array, options: ReadOptions): MemoryImage =>
  new Uf2Reader(bytes, options).read();
