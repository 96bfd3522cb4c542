/** Parts of memory, and which of them lie one behind the other. Pure. */
import { concat } from "../../bytes.js";
import type { Geometry, Page, Range } from "../../devices/device.js";
import type { Segment } from "../../image/image.js";

/** `length` bytes from `address` on. */
export interface Span {
  readonly address: number;
  readonly length: number;
}

export const spanOf = ({ address, bytes }: Segment): Span => ({ address, length: bytes.length });

/** From the first to the last of pages that lie one behind the other. */
export const spanOfPages = (pages: readonly Page[]): Span => ({
  address: pages[0]!.address,
  length: pages.reduce((sum, { size }) => sum + size, 0),
});

/**
 * Groups what lies one behind the other.
 * @param items ascending
 * @param spanOf undefined for an item that stands alone, whatever lies beside it
 */
export function runsOf<T>(items: readonly T[], spanOf: (item: T) => Span | undefined): T[][] {
  const runs: T[][] = [];
  let end: number | undefined;
  for (const item of items) {
    const span = spanOf(item);
    if (span && span.address === end) runs.at(-1)!.push(item);
    else runs.push([item]);
    end = span && span.address + span.length;
  }
  return runs;
}

export const runsOfPages = (pages: readonly Page[]): Page[][] => runsOf(pages, (page) => spanOfPages([page]));

const rangesOf = new WeakMap<Geometry, readonly Range[]>();

/** Without the gap between banks that some members have. Asked for every page of a job: found out once. */
export function flashRanges(geometry: Geometry): readonly Range[] {
  let ranges = rangesOf.get(geometry);
  if (!ranges) rangesOf.set(geometry, (ranges = findRanges(geometry)));
  return ranges;
}

function findRanges({ pages, size, base, end }: Geometry): readonly Range[] {
  // Of a chip without a row: its size was given, its pages were not.
  if (pages.length === 0) return size > 0 ? [{ start: base, end }] : [];
  return runsOfPages(pages).map((run) => {
    const { address, length } = spanOfPages(run);
    return { start: address, end: address + length };
  });
}

/** Segments in ascending order, joined where they touch: views where they lie in one buffer, as the parts of one segment do. */
export const joined = (segments: readonly Segment[]): Segment[] =>
  runsOf(segments, spanOf).map((run) => ({
    address: run[0]!.address,
    bytes: joinedBytes(run.map(({ bytes }) => bytes)),
  }));

function joinedBytes(parts: readonly Uint8Array[]): Uint8Array {
  const first = parts[0]!;
  let end = first.byteOffset;
  const together = parts.every((part) => {
    const follows = part.buffer === first.buffer && part.byteOffset === end;
    end = part.byteOffset + part.length;
    return follows;
  });
  return together ? new Uint8Array(first.buffer, first.byteOffset, end - first.byteOffset) : concat(parts);
}
