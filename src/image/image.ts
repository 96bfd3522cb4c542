/** A sparse memory image: what a firmware file says about which bytes lie where. */

import {
  ADDRESS,
  ADDRESS_SPACE,
  BYTES,
  checkArgument,
  isObject,
  type Kind,
  NUMBER,
  OBJECT,
  oneOf,
  whole,
} from "../arguments.js";

/** Bytes at an address. Segments of an image are in ascending order, never overlap and never touch. */
export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

export type ImageFormat = "bin" | "hex" | "srec" | "elf" | "uf2" | "dfuse";

/** Where in a file something stands: a line (from 1) of a text format, a byte offset of a binary one, or both. */
export interface Place {
  /** Only where an image was put together from several files. */
  readonly file?: string;
  readonly line?: number;
  readonly offset?: number;
}

/** What a reader knows beside the bytes. */
export interface ImageNotes {
  /** Which line or offset of the file gave the byte at `address`; undefined where the image has none. */
  readonly placeOf?: ((address: number) => Place | undefined) | undefined;
  /** What was taken although it is unusual, or left out: sentences without a full stop, for the user to see. */
  readonly remarks?: readonly string[];
  /** UF2: the family that the blocks name. */
  readonly familyId?: number;
  /** UF2: blocks marked as not for the main flash, which were left out. */
  readonly skippedBlocks?: number;
}

const FORMATS = ["bin", "hex", "srec", "elf", "uf2", "dfuse"] as const satisfies readonly ImageFormat[];
export const IMAGE_FORMAT = oneOf(...FORMATS);
const LENGTH = whole(0, ADDRESS_SPACE);
const BYTE = whole(0, 0xff);

/** A segment after the other, up to the end of the address space. */
const SEGMENTS: Kind = {
  says: "a list of segments { address, bytes }, ascending and not overlapping, below 2 ** 32",
  fits: (value) => Array.isArray(value) && inOrder(value),
};

function inOrder(segments: readonly unknown[]): boolean {
  let end = 0;
  for (const segment of segments) {
    const { address, bytes } = isObject(segment) ? segment : {};
    if (!ADDRESS.fits(address) || !BYTES.fits(bytes) || (address as number) < end) return false;
    end = (address as number) + (bytes as Uint8Array).length;
    if (end > ADDRESS_SPACE) return false;
  }
  return true;
}

export class MemoryImage {
  /**
   * @param segments ascending, not overlapping, not touching; image/builder.ts makes them so
   * @param entry start address that the file names, if it names one
   */
  constructor(
    readonly segments: readonly Segment[],
    readonly format?: ImageFormat,
    readonly entry?: number,
    readonly notes: ImageNotes = {},
  ) {
    checkArgument("segments", SEGMENTS, segments);
    if (format !== undefined) checkArgument("format", IMAGE_FORMAT, format);
    if (entry !== undefined) checkArgument("entry", ADDRESS, entry);
    checkArgument("notes", OBJECT, notes);
  }

  /** First address, and first address after the last byte; 0 and 0 when empty. */
  get start(): number {
    return this.segments[0]?.address ?? 0;
  }
  get end(): number {
    const last = this.segments.at(-1);
    return last === undefined ? 0 : last.address + last.bytes.length;
  }

  /** Bytes that the image defines: gaps do not count. */
  get byteLength(): number {
    return this.segments.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** The parts of the image inside [start, end), in ascending order; bytes are views, not copies. */
  within(start: number, end: number): Segment[] {
    checkArgument("start", NUMBER, start);
    checkArgument("end", NUMBER, end);
    const parts: Segment[] = [];
    for (const { address, bytes } of this.segments) {
      const from = Math.max(start, address);
      const to = Math.min(end, address + bytes.length);
      if (from < to) parts.push({ address: from, bytes: bytes.subarray(from - address, to - address) });
    }
    return parts;
  }

  /** `length` bytes from `address`; what the image does not define is `fill`. */
  read(address: number, length: number, fill: number): Uint8Array {
    checkArgument("address", LENGTH, address);
    checkArgument("length", LENGTH, length);
    checkArgument("fill", BYTE, fill);
    const out = new Uint8Array(length).fill(fill);
    for (const part of this.within(address, address + length)) out.set(part.bytes, part.address - address);
    return out;
  }
}

/** Looked at again: JavaScript can change what an image holds. */
export const IMAGE: Kind = {
  says: "a MemoryImage, as loadImage and parseImage give it, whose segments are ascending and do not overlap",
  fits: (value) => value instanceof MemoryImage && SEGMENTS.fits(value.segments),
};
