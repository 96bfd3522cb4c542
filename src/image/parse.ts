/** Bytes of a file to a memory image, whatever the format. */

import { readBin } from "./bin.js";
import { detectFormat, whyUnknown } from "./detect.js";
import { readElf } from "./elf.js";
import { readHex } from "./hex.js";
import type { ImageFormat, MemoryImage } from "./image.js";
import type { ReadOptions } from "./read-options.js";
import { rejected } from "./reject.js";
import { readSrec } from "./srec.js";
import { readUf2 } from "./uf2.js";

export interface ParseOptions {
  /** Name for messages. */
  readonly file: string;
  /** Default: found in the content. */
  readonly format?: ImageFormat | undefined;
  /** Where the first byte of a raw binary goes; the other formats name their addresses and take no notice of it. */
  readonly base?: number | undefined;
  /** Nobody else changes the bytes: the image may keep them as they are. */
  readonly owned?: boolean | undefined;
  /** Most data bytes, default 64 MiB. */
  readonly maxBytes?: number | undefined;
}

const DEFAULT_MAX_BYTES = 64 << 20;

/**
 * The image holds copies unless `owned`: `bytes` may change afterwards. Memory in use stays within a small multiple of `bytes.length`,
 * whatever the file says.
 * @throws BootlaceError IMAGE_INVALID with `file`, and `line` or `offset`, in its context
 */
export function parseImage(bytes: Uint8Array, options: ParseOptions): MemoryImage {
  const { file, base } = options;
  const format = options.format ?? detectFormat(bytes);
  if (format === undefined) throw rejected(file, { offset: 0 }, whyUnknown(bytes));
  const { maxBytes = DEFAULT_MAX_BYTES, owned } = options;
  const image = read(bytes, format, { file, base, maxBytes, owned });
  if (image.segments.length === 0)
    throw rejected(file, { offset: 0 }, "the file is well-formed, but has no data in it");
  return image;
}

function read(
  bytes: Uint8Array,
  format: ImageFormat,
  options: ReadOptions & { readonly base: number | undefined },
): MemoryImage {
  switch (format) {
    case "bin":
      return readBin(bytes, options.base, options);
    case "hex":
      return readHex(bytes, options);
    case "srec":
      return readSrec(bytes, options);
    case "elf":
      return readElf(bytes, options);
    case "uf2":
      return readUf2(bytes, options);
  }
}
