/**
 * The tables of an ELF file as numbers: its header, program headers and section headers, checked to lie inside the file.
 *
 * Sources: Tool Interface Standard "Executable and Linking Format", version 1.2 (1995); System V ABI, "ELF Header" for
 * section counts from 0xFF00 on; "ELF for the Arm Architecture", IHI 0044 (machine 40).
 */

import { type BootlaceError, type ErrorContext, hex } from "../errors.js";
import { rejected } from "./reject.js";

export const ELF_HEADER_BYTES = 52;
const PROGRAM_HEADER_BYTES = 32;
const SECTION_HEADER_BYTES = 40;
const PT_LOAD = 1;
const SHT_NOBITS = 8;
const SHF_ALLOC = 2;
const EXECUTABLE = 2;
const MACHINE_ARM = 40;

/** A program header of type PT_LOAD. */
export interface ElfSegment {
  /** Where the header itself stands in the file. */
  readonly header: number;
  readonly offset: number;
  readonly virtual: number;
  readonly physical: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
}

/** A section with bytes in the file that occupy memory of the chip (SHF_ALLOC, not SHT_NOBITS). */
export interface ElfSection {
  readonly header: number;
  readonly offset: number;
  readonly virtual: number;
  readonly bytes: number;
}

export class ElfFile {
  readonly #view: DataView;
  readonly #file: string;

  /** @throws BootlaceError IMAGE_INVALID when this is no linked program for a 32-bit Arm */
  constructor(bytes: Uint8Array, file: string) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#file = file;
    this.#checkHeader();
  }

  /** undefined where the file names none. */
  get entry(): number | undefined {
    const entry = this.#view.getUint32(24, true);
    return entry === 0 ? undefined : entry;
  }

  /** In the order of the file, those without bytes among them. */
  segments(): ElfSegment[] {
    const view = this.#view;
    const table = view.getUint32(28, true);
    const count = view.getUint16(44, true);
    if (count === 0) throw this.error(44, "no program headers, so nothing to load");
    if (table + count * PROGRAM_HEADER_BYTES > view.byteLength)
      throw this.error(
        28,
        `the table of ${count} program headers at ${hex(table)} runs past the end of the file`,
      );
    const segments: ElfSegment[] = [];
    for (let index = 0; index < count; index++) {
      const at = table + index * PROGRAM_HEADER_BYTES;
      if (view.getUint32(at, true) === PT_LOAD) segments.push(this.#segment(at));
    }
    return segments;
  }

  /** undefined without a table of sections, or with one in which nothing has bytes. */
  sections(): ElfSection[] | undefined {
    const view = this.#view;
    const table = view.getUint32(32, true);
    const count = this.#sectionCount(table);
    if (table + count * SECTION_HEADER_BYTES > view.byteLength)
      throw this.error(
        32,
        `the table of ${count} section headers at ${hex(table)} runs past the end of the file`,
      );
    const sections: ElfSection[] = [];
    for (let at = table; at < table + count * SECTION_HEADER_BYTES; at += SECTION_HEADER_BYTES) {
      const loaded =
        (view.getUint32(at + 8, true) & SHF_ALLOC) !== 0 && view.getUint32(at + 4, true) !== SHT_NOBITS;
      if (loaded && view.getUint32(at + 20, true) > 0) sections.push(this.#section(at));
    }
    return sections.length === 0 ? undefined : sections;
  }

  error(offset: number, what: string, more: ErrorContext = {}): BootlaceError {
    return rejected(this.#file, { offset }, what, more);
  }

  #sectionCount(table: number): number {
    const view = this.#view;
    if (table === 0) return 0;
    if (view.getUint16(46, true) !== SECTION_HEADER_BYTES)
      throw this.error(
        46,
        `section headers of ${view.getUint16(46, true)} bytes each, not ${SECTION_HEADER_BYTES}`,
      );
    const count = view.getUint16(48, true);
    // From 0xFF00 sections on, their number stands in the first of them.
    if (count > 0 || table + SECTION_HEADER_BYTES > view.byteLength) return count;
    return view.getUint32(table + 20, true);
  }

  #segment(at: number): ElfSegment {
    const view = this.#view;
    const [offset, virtual, physical, fileBytes, memoryBytes] = [4, 8, 12, 16, 20].map((field) =>
      view.getUint32(at + field, true),
    ) as [number, number, number, number, number];
    if (fileBytes > 0 && offset + fileBytes > view.byteLength)
      throw this.error(
        at,
        `the segment for ${hex(physical)} (${fileBytes} bytes at offset ${hex(offset)}) runs past the end of the file`,
        { address: physical },
      );
    if (fileBytes > memoryBytes)
      throw this.error(at, `the segment for ${hex(physical)} is larger in the file than in memory`, {
        address: physical,
      });
    return { header: at, offset, virtual, physical, fileBytes, memoryBytes };
  }

  #section(at: number): ElfSection {
    const view = this.#view;
    const [virtual, offset, bytes] = [12, 16, 20].map((field) => view.getUint32(at + field, true)) as [
      number,
      number,
      number,
    ];
    if (offset + bytes > view.byteLength)
      throw this.error(
        at,
        `the section for ${hex(virtual)} (${bytes} bytes at offset ${hex(offset)}) runs past the end of the file`,
        { address: virtual },
      );
    return { header: at, offset, virtual, bytes };
  }

  #checkHeader(): void {
    const view = this.#view;
    const length = view.byteLength;
    if (length < 4 || view.getUint32(0) !== 0x7f45_4c46)
      throw this.error(0, "no ELF file: the magic number is missing");
    if (length < ELF_HEADER_BYTES)
      throw this.error(length, `the ELF header is cut short: ${length} of ${ELF_HEADER_BYTES} bytes`);
    if (view.getUint8(4) === 2)
      throw this.error(4, "a 64-bit ELF file, but STM32 microcontrollers run 32-bit code");
    if (view.getUint8(4) !== 1) throw this.error(4, `unknown ELF class ${view.getUint8(4)}`);
    if (view.getUint8(5) !== 1)
      throw this.error(5, "not a little-endian ELF file, but STM32 microcontrollers are little-endian");
    const machine = view.getUint16(18, true);
    if (machine !== MACHINE_ARM)
      throw this.error(18, `built for ELF machine ${machine}, not for Arm (${MACHINE_ARM})`);
    const type = view.getUint16(16, true);
    if (type !== EXECUTABLE)
      throw this.error(16, `not a linked program: ELF type ${type}${TYPE_NAMES[type] ?? ""}`);
    const entryBytes = view.getUint16(42, true);
    if (entryBytes !== PROGRAM_HEADER_BYTES)
      throw this.error(42, `program headers of ${entryBytes} bytes each, not ${PROGRAM_HEADER_BYTES}`);
  }
}

const TYPE_NAMES: Readonly<Record<number, string>> = {
  1: " (object file, before linking)",
  3: " (shared object)",
  4: " (core dump)",
};
