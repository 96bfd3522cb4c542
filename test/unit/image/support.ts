/** What the image tests share: small images, and errors caught for a look at their text. */

import fc from "fast-check";
import { BootlaceError } from "../../../src/errors.js";
import { ImageBuilder } from "../../../src/image/builder.js";
import type { ImageFormat, MemoryImage } from "../../../src/image/image.js";
import { parseImage } from "../../../src/image/parse.js";

export const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));

/** Lines of text, joined as a file has them. */
export const lines = (...parts: string[]): Uint8Array => ascii(parts.map((part) => `${part}\n`).join(""));

export function parse(bytes: Uint8Array, format?: ImageFormat): MemoryImage {
  return parseImage(bytes, { file: "fw", format });
}

export function rejection(work: () => unknown): BootlaceError {
  try {
    work();
  } catch (error) {
    if (error instanceof BootlaceError) return error;
    throw error;
  }
  throw new Error("expected a BootlaceError, nothing was thrown");
}

/** An image of [address, bytes] pairs. */
export function imageOf(...parts: readonly (readonly [number, ArrayLike<number>])[]): MemoryImage {
  const poolBytes = parts.reduce((sum, [, bytes]) => sum + bytes.length, 0);
  const builder = new ImageBuilder({ file: "toy", format: "bin", poolBytes, maxBytes: 1 << 30 });
  for (const [address, bytes] of parts) builder.add(address, Uint8Array.from(bytes), 0);
  return builder.finish();
}

/** Segments as plain data: what two images must agree on. */
export const plain = (image: MemoryImage): [number, number[]][] =>
  image.segments.map(({ address, bytes }) => [address, [...bytes]]);

/** Sparse images of a few segments anywhere below `limit`, as [address, bytes] pairs in ascending order. */
export function sparseParts(limit: number): fc.Arbitrary<[number, Uint8Array][]> {
  const part = fc.tuple(fc.nat(limit - 1), fc.uint8Array({ minLength: 1, maxLength: 300 }));
  return fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => {
    const kept: [number, Uint8Array][] = [];
    let end = 0;
    for (const [address, bytes] of parts.sort(([a], [b]) => a - b)) {
      if (address < end || address + bytes.length > limit) continue;
      kept.push([address, bytes]);
      end = address + bytes.length;
    }
    return kept.length > 0 ? kept : [[0, Uint8Array.of(1)]];
  });
}
