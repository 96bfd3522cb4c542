/** Cutting what is held against the flash into pieces that a checksum is asked about, all in one go. Pure. */
import type { Segment } from "../../image/image.js";

/** About what one page has: finer tells no more about what has to be erased. */
const SMALLEST_BYTES = 2048;

export interface Grains {
  /** Whole words, `grain` bytes but for the last of a segment. */
  readonly grains: readonly Segment[];
  /** The bytes beside them: less than a word each. */
  readonly edges: readonly Segment[];
}

/** The smallest power of two, from 2 KiB on, with which `bytes` bytes in `segments` segments come to at most `most` grains. */
export function grainBytes(bytes: number, segments: number, most: number): number {
  let grain = SMALLEST_BYTES;
  while (grain < bytes && bytes / grain + segments > most) grain *= 2;
  return grain;
}

export function grainsOf({ address, bytes }: Segment, grain: number): Grains {
  const part = (from: number, to: number): Segment => ({
    address: from,
    bytes: bytes.subarray(from - address, to - address),
  });
  const end = address + bytes.length;
  const first = Math.ceil(address / 4) * 4;
  const last = Math.floor(end / 4) * 4;
  if (last <= first) return { grains: [], edges: bytes.length > 0 ? [part(address, end)] : [] };
  const grains: Segment[] = [];
  for (let at = first; at < last; at += grain) grains.push(part(at, Math.min(at + grain, last)));
  const edges = [part(address, first), part(last, end)].filter(({ bytes: { length } }) => length > 0);
  return { grains, edges };
}
