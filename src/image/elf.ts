/**
 * Reads the firmware in an ELF file: the bytes of its sections, each at the physical address that its segment gives it,
 * where start-up code finds initialised data before it copies it to RAM. What else lies in a segment is the linker's:
 * ld.lld begins the first one with the ELF header itself, over whatever the flash has in front of the program.
 */

import { hex } from "../errors.js";
import { ImageBuilder } from "./builder.js";
import { ELF_HEADER_BYTES, ElfFile, type ElfSection, type ElfSegment } from "./elf-header.js";
import type { MemoryImage } from "./image.js";
import type { ReadOptions } from "./read-options.js";

/** Bytes of the file that belong at an address. */
interface Load {
  readonly address: number;
  readonly offset: number;
  readonly bytes: number;
}

/** Programs have a handful. The limit keeps the time that a hostile file takes near its size. */
const MOST_SEGMENTS = 1024;

/** @throws BootlaceError IMAGE_INVALID naming the offset of the field that is wrong */
export function readElf(bytes: Uint8Array, options: ReadOptions): MemoryImage {
  const elf = new ElfFile(bytes, options.file);
  const segments = elf.segments();
  const sections = options.elfSegments === true ? undefined : elf.sections();
  if (segments.length > MOST_SEGMENTS)
    throw elf.error(44, `${segments.length} segments to load; more than ${MOST_SEGMENTS} are not taken`);
  const loads = sections
    ? sections.map((section) => sectionLoad(section, segments))
    : segmentLoads(elf, segments, options);
  const total = loads.reduce((sum, load) => sum + load.bytes, 0);
  // Parts that share bytes of the file would let a small file ask for any amount of memory.
  if (total > bytes.length) throw elf.error(28, `it has ${total} bytes to load, more than the whole file`);
  const builder = new ImageBuilder({ ...options, format: "elf", poolBytes: total });
  for (const { address, offset, bytes: length } of loads)
    builder.add(address, bytes.subarray(offset, offset + length), offset);
  if (builder.used === 0) throw elf.error(28, "no segment has bytes to load (PT_LOAD with a file size)");
  return builder.finish(elf.entry);
}

/** A section that no segment holds lies where it says itself. */
function sectionLoad({ offset, virtual, bytes }: ElfSection, segments: readonly ElfSegment[]): Load {
  if (areUnplaced(segments)) return { address: virtual, offset, bytes };
  const segment = segments.find(
    (candidate) =>
      offset >= candidate.offset &&
      offset + bytes <= candidate.offset + candidate.fileBytes &&
      virtual >= candidate.virtual &&
      virtual + bytes <= candidate.virtual + candidate.memoryBytes,
  );
  const address = segment ? segment.physical + offset - segment.offset : virtual;
  return { address, offset, bytes };
}

/** Some linkers leave all physical addresses 0: then the virtual ones are meant, or the segments would lie over each other. */
function areUnplaced(segments: readonly ElfSegment[]): boolean {
  return (
    segments.every(({ physical }) => physical === 0) &&
    segments.filter(({ memoryBytes }) => memoryBytes > 0).length > 1
  );
}

/** A stripped file says nothing finer than its segments. */
function segmentLoads(elf: ElfFile, segments: readonly ElfSegment[], options: ReadOptions): Load[] {
  const unplaced = areUnplaced(segments);
  return segments
    .filter(({ fileBytes }) => fileBytes > 0)
    .map(({ header, offset, virtual, physical, fileBytes }) => {
      const address = unplaced ? virtual : physical;
      if (offset < ELF_HEADER_BYTES && options.elfSegments !== true)
        throw headerInSegment(elf, { header, address });
      return { address, offset, bytes: fileBytes };
    });
}

function headerInSegment(elf: ElfFile, at: { readonly header: number; readonly address: number }): Error {
  return elf.error(
    at.header,
    `the segment for ${hex(at.address)} begins with the ELF header, and without a section table nothing says where the firmware in it begins`,
    {
      address: at.address,
      hint: "Take the file as it was before it was stripped, or load whole segments with --elf-segments.",
    },
  );
}
