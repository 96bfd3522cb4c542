/** What pages shall hold: the image laid over the chip's pages. Pure. */
import { isFilledWith } from "../../bytes.js";
import type { Geometry, Page } from "../../devices/device.js";
import type { MemoryImage, Segment } from "../../image/image.js";
import type { Span } from "./span.js";

export interface PageContent {
  readonly page: Page;
  /** The parts that the image defines, ascending. */
  readonly parts: readonly Segment[];
  /** The parts of the page that it does not define. */
  readonly gaps: readonly Span[];
}

/** The pages that the image touches, ascending. What lies outside the flash is not among them. */
export function contentsOf(image: MemoryImage, geometry: Geometry): PageContent[] {
  const contents: PageContent[] = [];
  let first = 0; // segments before this one end before the page
  const { segments } = image;
  for (const page of geometry.pages) {
    const end = page.address + page.size;
    while (
      first < segments.length &&
      segments[first]!.address + segments[first]!.bytes.length <= page.address
    )
      first++;
    const parts = partsOf(segments, first, page.address, end);
    if (parts.length > 0) contents.push({ page, parts, gaps: gapsOf(parts, page.address, end) });
  }
  return contents;
}

function partsOf(segments: readonly Segment[], first: number, start: number, end: number): Segment[] {
  const parts: Segment[] = [];
  for (let i = first; i < segments.length && segments[i]!.address < end; i++) {
    const { address, bytes } = segments[i]!;
    const from = Math.max(start, address);
    const to = Math.min(end, address + bytes.length);
    if (from < to) parts.push({ address: from, bytes: bytes.subarray(from - address, to - address) });
  }
  return parts;
}

function gapsOf(parts: readonly Segment[], start: number, end: number): Span[] {
  const gaps: Span[] = [];
  let at = start;
  for (const { address, bytes } of parts) {
    if (address > at) gaps.push({ address: at, length: address - at });
    at = address + bytes.length;
  }
  if (at < end) gaps.push({ address: at, length: end - at });
  return gaps;
}

/** The whole page: the image's parts, `kept` over its gaps, the erased value elsewhere. */
export function bytesOf(
  content: PageContent,
  erasedValue: number,
  kept: readonly Segment[] = [],
): Uint8Array {
  const { page, parts } = content;
  if (parts[0]!.bytes.length === page.size) return parts[0]!.bytes;
  const bytes = new Uint8Array(page.size).fill(erasedValue);
  for (const part of kept) bytes.set(part.bytes, part.address - page.address);
  for (const part of parts) bytes.set(part.bytes, part.address - page.address);
  return bytes;
}

/** Whether nothing has to be written: all that is defined of the page is the erased value. */
export const isErased = (parts: readonly Segment[], erasedValue: number): boolean =>
  parts.every(({ bytes }) => isFilledWith(erasedValue, bytes));
