/** Writes Motorola S-record with the shortest address that reaches the whole image, a count and an end record. */

import { BootlaceError, hex } from "../errors.js";
import { bigEndian, byteText, digits, inChunks } from "./hex-text.js";
import type { MemoryImage } from "./image.js";

export interface SrecOptions {
  /** 2 for S1 and S9, 3 for S2 and S8, 4 for S3 and S7. Default: the shortest that reaches. */
  readonly addressBytes?: 2 | 3 | 4;
  /** Data bytes per line, 1 to 250, default 16. */
  readonly bytesPerLine?: number;
  /** ASCII text of the S0 record, default "bootlace". */
  readonly title?: string;
  /** Default "\n". */
  readonly lineEnd?: "\n" | "\r\n";
}

/** The whole text at once; `srecChunks` for large images. */
export const writeSrec = (image: MemoryImage, options: SrecOptions = {}): string =>
  [...srecChunks(image, options)].join("");

/** The text in pieces of about 64 KiB. @throws BootlaceError USAGE when `addressBytes` does not reach the image */
export function* srecChunks(image: MemoryImage, options: SrecOptions = {}): Generator<string> {
  yield* inChunks(srecLines(image, options));
}

function* srecLines(image: MemoryImage, options: SrecOptions): Generator<string> {
  const { bytesPerLine = 16, lineEnd = "\n", title = "bootlace" } = options;
  const addressBytes = checkedAddressBytes(image, options.addressBytes);
  const line = (type: number, address: number[], data: Iterable<number>): string =>
    srecRecord(type, address, data) + lineEnd;
  yield line(0, [0, 0], latin1(title.slice(0, 250)));
  let records = 0;
  for (const { address, bytes } of image.segments)
    for (let at = 0; at < bytes.length; at += bytesPerLine, records++)
      yield line(
        addressBytes - 1,
        bigEndian(address + at, addressBytes),
        bytes.subarray(at, Math.min(at + bytesPerLine, bytes.length)),
      );
  if (records <= 0xffff) yield line(5, bigEndian(records, 2), []);
  else if (records <= 0xff_ffff) yield line(6, bigEndian(records, 3), []);
  yield line(11 - addressBytes, bigEndian(image.entry ?? 0, addressBytes), []);
}

const latin1 = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));

function checkedAddressBytes(image: MemoryImage, wanted: SrecOptions["addressBytes"]): 2 | 3 | 4 {
  const highest = Math.max(image.end - 1, image.entry ?? 0, 0);
  const needed = highest <= 0xffff ? 2 : highest <= 0xff_ffff ? 3 : 4;
  if (wanted === undefined || wanted >= needed) return wanted ?? needed;
  throw new BootlaceError("USAGE", `addresses of ${wanted} bytes do not reach ${hex(highest)}`, {
    address: highest,
  });
}

/** "St", count, address, data and checksum, without line end. */
export function srecRecord(type: number, address: readonly number[], data: Iterable<number>): string {
  const { text, sum } = digits(data);
  const head = digits([address.length + text.length / 2 + 1, ...address]);
  return `S${type}${head.text}${text}${byteText(~(head.sum + sum))}`;
}
