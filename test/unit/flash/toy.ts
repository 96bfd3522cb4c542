/** Chips of a few bytes, so that a case fits on a screen. */
import type { Geometry, Page } from "../../../src/devices/device.js";
import { MemoryImage } from "../../../src/image/image.js";
import type { Holding } from "../../../src/flash/look/comparison.js";
import { contentsOf } from "../../../src/flash/look/contents.js";
import type { Finding, Rest } from "../../../src/flash/write/plan.js";

export const BASE = 0x0800_0000;
export const PAGE = 16;

export function toyGeometry(pages: number, options: Partial<Geometry> = {}): Geometry {
  const list: Page[] = Array.from({ length: pages }, (_, index) => ({
    index,
    address: BASE + index * PAGE,
    size: PAGE,
    bank: 1,
  }));
  const size = pages * PAGE;
  return { base: BASE, size, end: BASE + size, unit: "page", pages: list, banks: 1, writeAlign: 8, erasedValue: 0xff, massErase: true, ...options }; // prettier-ignore
}

/** An image of bytes 1, 2, 3, ... at each start. */
export const toyImage = (...segments: readonly (readonly [start: number, length: number])[]): MemoryImage =>
  new MemoryImage(
    segments.map(([start, length]) => ({
      address: BASE + start,
      bytes: Uint8Array.from({ length }, (_, i) => (i % 200) + 1),
    })),
  );

/** What a survey would find: one holding per touched page. */
export function toyFindings(
  geometry: Geometry,
  image: MemoryImage,
  holdings: readonly Holding[],
  rest: Rest = "none",
): Finding[] {
  return contentsOf(image, geometry).map((content, index) => ({
    content,
    holding: holdings[index]!,
    rest: content.gaps.length > 0 ? rest : "none",
    kept:
      rest === "kept"
        ? content.gaps.map(({ address, length }) => ({ address, bytes: new Uint8Array(length).fill(0xaa) }))
        : [],
  }));
}
