/**
 * Reads what a debugger or programmer would load of an ELF file: each PT_LOAD segment's file bytes at its physical
 * address, where start-up code finds initialised data before it copies it to RAM.
 *
 * Sources: Tool Interface Standard "Executable and Linking Format", version 1.2 (1995); "ELF for the Arm
 * Architecture", IHI 0044 (machine 40).
 */

import { hex } from "../errors.js";
import { ImageBuilder } from "./builder.js";
import type { MemoryImage } from "./image.js";
import type { ReadOptions } from "./read-options.js";
import { rejected } from "./reject.js";

const HEADER_BYTES = 52;
const PROGRAM_HEADER_BYTES = 32;
const SECTION_HEADER_BYTES = 40;
const PT_LOAD = 1;
const SHT_NOBITS = 8;
const SHF_ALLOC = 2;
const EXECUTABLE = 2;
const MACHINE_ARM = 40;

/** Bytes of the file that belong at an address. */
interface Load {
  readonly address: number;
  readonly from: number;
  readonly to: number;
}

class ElfReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #options: ReadOptions;

  constructor(bytes: Uint8Array, options: ReadOptions) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#options = options;
  }

  read(): MemoryImage {
    this.#checkHeader();
    const loads = this.#loads();
    const total = loads.reduce((sum, { from, to }) => sum + to - from, 0);
    // Segments that share bytes of the file would let a small file ask for any amount of memory.
    if (total > this.#bytes.length)
      throw this.#error(28, `its segments hold ${total} bytes, more than the whole file`);
    const builder = new ImageBuilder({ ...this.#options, format: "elf", poolBytes: total });
    for (const { address, from, to } of loads) builder.add(address, this.#bytes.subarray(from, to), from);
    if (builder.used === 0) throw this.#error(28, "no segment has bytes to load (PT_LOAD with a file size)");
    const entry = this.#view.getUint32(24, true);
    return builder.finish(entry === 0 ? undefined : entry);
  }

  #checkHeader(): void {
    const view = this.#view;
    const length = view.byteLength;
    if (length < 4 || view.getUint32(0) !== 0x7f45_4c46)
      throw this.#error(0, "no ELF file: the magic number is missing");
    if (length < HEADER_BYTES)
      throw this.#error(length, `the ELF header is cut short: ${length} of ${HEADER_BYTES} bytes`);
    if (view.getUint8(4) === 2)
      throw this.#error(4, "a 64-bit ELF file, but STM32 microcontrollers run 32-bit code");
    if (view.getUint8(4) !== 1) throw this.#error(4, `unknown ELF class ${view.getUint8(4)}`);
    if (view.getUint8(5) !== 1)
      throw this.#error(5, "not a little-endian ELF file, but STM32 microcontrollers are little-endian");
    const machine = view.getUint16(18, true);
    if (machine !== MACHINE_ARM)
      throw this.#error(18, `built for ELF machine ${machine}, not for Arm (${MACHINE_ARM})`);
    const type = view.getUint16(16, true);
    if (type !== EXECUTABLE)
      throw this.#error(16, `not a linked program: ELF type ${type}${TYPE_NAMES[type] ?? ""}`);
    const entryBytes = view.getUint16(42, true);
    if (entryBytes !== PROGRAM_HEADER_BYTES)
      throw this.#error(42, `program headers of ${entryBytes} bytes each, not ${PROGRAM_HEADER_BYTES}`);
  }

  #loads(): Load[] {
    const view = this.#view;
    const table = view.getUint32(28, true);
    const count = view.getUint16(44, true);
    if (count === 0) throw this.#error(44, "no program headers, so nothing to load");
    if (table + count * PROGRAM_HEADER_BYTES > view.byteLength)
      throw this.#error(
        28,
        `the table of ${count} program headers at ${hex(table)} runs past the end of the file`,
      );
    const firstSection = this.#firstSectionOffset();
    const loads: Load[] = [];
    for (let index = 0; index < count; index++) {
      const at = table + index * PROGRAM_HEADER_BYTES;
      if (view.getUint32(at, true) === PT_LOAD) loads.push(...this.#load(at, firstSection));
    }
    return loads;
  }

  /** @param at offset of the program header */
  #load(at: number, firstSection: number | undefined): Load[] {
    const view = this.#view;
    const from = view.getUint32(at + 4, true);
    const address = view.getUint32(at + 12, true);
    const length = view.getUint32(at + 16, true);
    if (length === 0) return [];
    if (from + length > view.byteLength)
      throw this.#error(
        at,
        `the segment for ${hex(address)} (${length} bytes at offset ${hex(from)}) runs past the end of the file`,
        address,
      );
    if (length > view.getUint32(at + 20, true))
      throw this.#error(at, `the segment for ${hex(address)} is larger in the file than in memory`, address);
    // Linkers often let the first segment begin with the ELF header itself, at an address below the flash; what is
    // meant begins with its first section.
    const skip = from === 0 && firstSection !== undefined && firstSection < length ? firstSection : 0;
    return [{ address: address + skip, from: from + skip, to: from + length }];
  }

  /** Where in the file the first section begins that has bytes to load; undefined without a whole section table. */
  #firstSectionOffset(): number | undefined {
    const view = this.#view;
    const table = view.getUint32(32, true);
    const count = view.getUint16(46, true) === SECTION_HEADER_BYTES ? view.getUint16(48, true) : 0;
    if (table + count * SECTION_HEADER_BYTES > view.byteLength) return undefined;
    let first: number | undefined;
    for (let at = table; at < table + count * SECTION_HEADER_BYTES; at += SECTION_HEADER_BYTES) {
      const offset = view.getUint32(at + 16, true);
      const loaded =
        (view.getUint32(at + 8, true) & SHF_ALLOC) !== 0 && view.getUint32(at + 4, true) !== SHT_NOBITS;
      if (loaded && view.getUint32(at + 20, true) > 0 && offset < (first ?? Infinity)) first = offset;
    }
    return first;
  }

  #error(offset: number, what: string, address?: number): Error {
    return rejected(this.#options.file, { offset }, what, address === undefined ? {} : { address });
  }
}

const TYPE_NAMES: Readonly<Record<number, string>> = {
  1: " (object file, before linking)",
  3: " (shared object)",
  4: " (core dump)",
};

/** @throws BootlaceError IMAGE_INVALID naming the offset of the field that is wrong */
export const readElf = (bytes: Uint8Array, options: ReadOptions): MemoryImage =>
  new ElfReader(bytes, options).read();
