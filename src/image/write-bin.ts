/** Writes a raw binary: from one address to the end of the image, gaps filled. */

import { concat } from "../bytes.js";
import { BootlaceError, hex } from "../errors.js";
import type { MemoryImage } from "./image.js";

export interface BinOptions {
  /** What stands in gaps: the erased value of the chip, so that they stay erased. Default 0xFF. */
  readonly fill?: number;
  /** Address of the first byte. Default: where the image begins. */
  readonly start?: number;
  /** First address after the last byte. Default: where the image ends. */
  readonly end?: number;
  /** Most bytes to write, default 256 MiB: a binary of two segments far apart is mostly gap. */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 256 << 20;
const CHUNK_BYTES = 1 << 20;

/** The whole binary at once; `binChunks` for large images. @throws BootlaceError USAGE as binChunks */
export function writeBin(image: MemoryImage, options: BinOptions = {}): Uint8Array {
  return concat([...binChunks(image, options)]);
}

/**
 * The binary in pieces of 1 MiB at most.
 * @throws BootlaceError USAGE when `start` or `end` would cut the image, or the binary be larger than `maxBytes`
 */
export function* binChunks(image: MemoryImage, options: BinOptions = {}): Generator<Uint8Array> {
  const { fill = 0xff, start = image.start, end = image.end, maxBytes = DEFAULT_MAX_BYTES } = options;
  if (image.segments.length > 0 && (start > image.start || end < image.end))
    throw usage(
      `${hex(start)} to ${hex(end)} leaves out a part of the image, which has ${hex(image.start)} to ${hex(image.end)}`,
      start,
    );
  if (end - start > maxBytes)
    throw usage(
      `a raw binary from ${hex(start)} to ${hex(end)} has ${end - start} bytes, mostly gaps; more than ${maxBytes} are not written`,
      start,
    );
  for (let at = start; at < end; at += CHUNK_BYTES)
    yield image.read(at, Math.min(CHUNK_BYTES, end - at), fill);
}

const usage = (message: string, address: number): BootlaceError =>
  new BootlaceError("USAGE", message, {
    address,
    hint: "Write Intel HEX or S-record instead: they keep gaps.",
  });
