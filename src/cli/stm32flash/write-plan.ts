/** Where the bytes of -w go, and what becomes of the pages around them. Pure. */
import type { Geometry } from "../../devices/device.js";
import { BootlaceError, hex } from "../../errors.js";
import { joined } from "../../flash/look/span.js";
import { MemoryImage, type Segment } from "../../image/image.js";
import type { Place } from "./command-line.js";
import { type Memories, type Memory, memoryAt, startOf } from "./memory.js";
import type { Source } from "./source.js";
import { usageError } from "./usage-error.js";

export interface WritePlan {
  readonly memory: Memory;
  readonly start: number;
  /** First address after the file's last byte that is written. */
  readonly end: number;
  /** What the memory shall hold; in flash with what is erased around it. */
  readonly image: MemoryImage;
  /** Bytes of the file that -S's length leaves out. */
  readonly leftOut: number;
}

/** Bytes that 0.7 puts behind a length that is no multiple of 4. */
const PAD = 0xff;
const WORD = 4;

/** @throws BootlaceError USAGE, IMAGE_OUTSIDE */
export function planWrite(source: Source, place: Place, memories: Memories): WritePlan {
  const moved = movedImage(source, place, memories);
  const memory = memoryAt(memories, moved.start);
  const region = regionOf(source, place, { start: moved.start, memory, geometry: memories.geometry });
  const image = place.length === undefined ? moved : cutAt(moved, moved.start + place.length);
  if (image.end > region.end) throw tooLarge(source, image, { ...memory, end: region.end });
  const { start, end } = image;
  const leftOut = moved.end - end;
  if (memory.kind !== "flash" || place.pages === 0)
    return { memory, start, end, image: solid(image), leftOut };
  return { memory, start, end, image: overPages(image, region, memories.geometry), leftOut };
}

/** The file at the place where it goes: its own, or moved so that its first byte is at -S or at the page of -s. */
function movedImage({ image, addressed, piped }: Source, place: Place, memories: Memories): MemoryImage {
  const named = place.start !== undefined || place.startPage !== undefined;
  if (!addressed || place.start !== undefined) return moveTo(image, startOf(place, memories));
  if (!named) return image.start === 0 ? moveTo(image, memories.geometry.base) : image; // linked at the alias of the flash
  const start = startOf(place, memories);
  if (start === image.start) return image;
  throw usageError(
    `-s ${place.startPage!} is at ${hex(start)}, ${piped ? "what is piped in" : "the file"} says ${hex(image.start)}`,
    "Leave -s away, or move the file with -S.",
  );
}

function moveTo(image: MemoryImage, start: number): MemoryImage {
  const by = start - image.start;
  return new MemoryImage(image.segments.map(({ address, bytes }) => ({ address: address + by, bytes })));
}

interface Region {
  readonly end: number;
  /** By -S with a length: nothing outside of it changes, and a longer file is cut. */
  readonly given: boolean;
  /** Everything up to `end` is erased, not only the pages that the file touches. */
  readonly whole: boolean;
}

interface Around {
  readonly start: number;
  readonly memory: Memory;
  readonly geometry: Geometry;
}

function regionOf({ piped }: Source, { length, pages, startPage = 0 }: Place, around: Around): Region {
  const { start, memory, geometry } = around;
  if (length !== undefined) return { end: Math.min(start + length, memory.end), given: true, whole: true };
  if (!piped) return { end: memory.end, given: false, whole: false };
  if (pages === undefined || pages === 0) return { end: memory.end, given: false, whole: true };
  const last = geometry.pages[startPage + pages - 1];
  return { end: last ? last.address + last.size : memory.end, given: false, whole: true };
}

function cutAt(image: MemoryImage, end: number): MemoryImage {
  return image.end <= end ? image : new MemoryImage(image.within(image.start, end));
}

/** One run of bytes: gaps and the last word are filled with FF, as 0.7 does. */
function solid(image: MemoryImage): MemoryImage {
  const length = Math.ceil((image.end - image.start) / WORD) * WORD;
  return new MemoryImage([{ address: image.start, bytes: image.read(image.start, length, PAD) }]);
}

/**
 * Whole pages from the file's first byte on: what lies before it in its first page is left to be kept, what lies behind it in its
 * last page is erased. Pages that the file does not touch are left alone, unless the region is erased as a whole.
 */
function overPages(image: MemoryImage, region: Region, geometry: Geometry): MemoryImage {
  const segments: Segment[] = [];
  for (const { address, size } of geometry.pages) {
    const start = Math.max(address, image.start);
    const end = region.given ? Math.min(address + size, region.end) : address + size;
    const touched = image.within(address, address + size).length > 0;
    if (start < end && (touched || (region.whole && start < region.end)))
      segments.push({ address: start, bytes: contentOf(image, { start, end }, geometry.erasedValue) });
  }
  return new MemoryImage(joined(segments));
}

function contentOf(
  image: MemoryImage,
  { start, end }: { start: number; end: number },
  erased: number,
): Uint8Array {
  const bytes = image.read(start, end - start, PAD);
  const padEnd = image.start + Math.ceil((image.end - image.start) / WORD) * WORD;
  if (padEnd < end) bytes.fill(erased, Math.max(0, padEnd - start));
  return bytes;
}

function tooLarge({ name }: Source, image: MemoryImage, { kind, end }: Memory): BootlaceError {
  const room = kind === "other" ? "memory" : kind;
  return new BootlaceError(
    "IMAGE_OUTSIDE",
    `${name} goes up to ${hex(image.end - 1)}, the ${room} that it may use ends at ${hex(end - 1)}`,
    {
      chipState: "the chip was not changed",
      hint: "stm32flash 0.7 would write the part that fits and report success.",
    },
  );
}
