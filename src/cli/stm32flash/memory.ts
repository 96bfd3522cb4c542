/** The memories of a chip, and the part of one that -S, -s and -e name. */
import type { Device, Geometry, Range } from "../../devices/device.js";
import { hex } from "../../errors.js";
import { flashRanges } from "../../flash/look/span.js";
import type { Place } from "./command-line.js";
import { usageError } from "./usage-error.js";

export type MemoryKind = "flash" | "RAM" | "option bytes" | "system memory" | "other";

export interface Memory extends Range {
  readonly kind: MemoryKind;
  /** False: the device table does not know where it ends, the chip decides. */
  readonly bounded: boolean;
}

export interface Memories {
  readonly geometry: Geometry;
  readonly device: Device | undefined;
}

const ADDRESS_SPACE_END = 2 ** 32;

export function memoryAt({ geometry, device }: Memories, address: number): Memory {
  const known: [MemoryKind, readonly Range[]][] = [
    ["flash", [{ start: geometry.base, end: geometry.end }]],
    ["RAM", ramOf(device)],
    ["option bytes", device?.optionBytes ?? []],
    ["system memory", device?.systemMemory ?? []],
  ];
  for (const [kind, ranges] of known) {
    const range = ranges.find(({ start, end }) => address >= start && address < end);
    if (range) return { kind, ...range, bounded: true };
  }
  return { kind: "other", start: address, end: ADDRESS_SPACE_END, bounded: false };
}

function ramOf(device: Device | undefined): readonly Range[] {
  if (!device) return [];
  const { start, end, others = [], accessible } = device.ram;
  return [...(end === undefined ? [] : [{ start, end }]), ...others, ...accessible];
}

/** First address: -S, the page of -s, or the start of flash. @throws BootlaceError USAGE for a page that is not there */
export function startOf(place: Place, { geometry }: Memories): number {
  if (place.start !== undefined) return place.start;
  return place.startPage === undefined ? geometry.base : pageAddress(geometry, place.startPage);
}

export interface Span extends Range {
  readonly memory: Memory;
  /** It ends where its memory does, sooner than was asked for. */
  readonly cut: boolean;
}

/**
 * What is to be read, summed or erased. A length that goes past the end of its memory is cut there.
 * @throws BootlaceError USAGE
 */
export function spanOf(place: Place, memories: Memories): Span {
  const start = startOf(place, memories);
  const memory = memoryAt(memories, start);
  const asked = askedEnd(place, start, memories.geometry);
  if (asked === undefined && !memory.bounded)
    throw usageError(
      `how much at ${hex(start)}? It is in no memory that the device table knows`,
      "Give a length: -S ADDRESS:LENGTH.",
    );
  const end = Math.min(asked ?? memory.end, memory.end);
  return { start, end, memory, cut: asked !== undefined && asked > memory.end };
}

/** Without the gap between banks that some chips have in their flash: nothing answers there. */
export function partsOf({ start, end, memory }: Span, { geometry }: Memories): readonly Range[] {
  if (memory.kind !== "flash") return [{ start, end }];
  const parts = flashRanges(geometry).map((part) => ({
    start: Math.max(start, part.start),
    end: Math.min(end, part.end),
  }));
  return parts.filter((part) => part.start < part.end);
}

/** undefined: up to the end of the memory. -e 0 means no limit here. */
function askedEnd(
  { length, pages, startPage = 0 }: Place,
  start: number,
  geometry: Geometry,
): number | undefined {
  if (length !== undefined) return start + length;
  if (pages === undefined || pages === 0) return undefined;
  const last = geometry.pages[startPage + pages - 1];
  return last ? last.address + last.size : geometry.end + 1; // one more than there is: cut
}

export function pageAddress({ pages, unit, end }: Geometry, index: number): number {
  const page = pages[index];
  if (page) return page.address;
  throw usageError(
    `-s: there is no ${unit} ${index}, the flash has ${pages.length} and ends at ${hex(end - 1)}`,
    "Pages count from 0.",
  );
}
