/** Writes Intel HEX with 32-bit addresses (record types 00, 01, 04, 05), as every tool reads it. */

import { bigEndian, byteText, digits, inChunks } from "./hex-text.js";
import type { MemoryImage } from "./image.js";

export interface HexOptions {
  /** Data bytes per line, 1 to 255, default 16. */
  readonly bytesPerLine?: number;
  /** Default "\n". */
  readonly lineEnd?: "\n" | "\r\n";
}

/** The whole text at once; `hexChunks` for large images. */
export const writeHex = (image: MemoryImage, options: HexOptions = {}): string =>
  [...hexChunks(image, options)].join("");

/** The text in pieces of about 64 KiB. */
export function* hexChunks(image: MemoryImage, options: HexOptions = {}): Generator<string> {
  yield* inChunks(hexLines(image, options));
}

function* hexLines(image: MemoryImage, options: HexOptions): Generator<string> {
  const { bytesPerLine = 16, lineEnd = "\n" } = options;
  const line = (type: number, offset: number, data: Iterable<number>): string =>
    hexRecord(type, offset, data) + lineEnd;
  let upper = 0; // what readers start with
  for (const { address, bytes } of image.segments) {
    for (let at = 0; at < bytes.length;) {
      const here = address + at;
      const offset = here % 0x1_0000;
      if (Math.floor(here / 0x1_0000) !== upper) {
        upper = Math.floor(here / 0x1_0000);
        yield line(4, 0, bigEndian(upper, 2));
      }
      const length = Math.min(bytesPerLine, bytes.length - at, 0x1_0000 - offset);
      yield line(0, offset, bytes.subarray(at, at + length));
      at += length;
    }
  }
  if (image.entry !== undefined) yield line(5, 0, bigEndian(image.entry, 4));
  yield line(1, 0, []);
}

/** ":LLAAAATT", data and checksum, without line end. */
export function hexRecord(type: number, offset: number, data: Iterable<number>): string {
  const { text, sum } = digits(data);
  const length = text.length / 2;
  const head = digits([length, offset >> 8, offset & 0xff, type]);
  return `:${head.text}${text}${byteText(-(head.sum + sum))}`;
}
