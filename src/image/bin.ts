/** Reads a raw binary: bytes without addresses, so the caller says where the first one goes. */

import { ImageBuilder } from "./builder.js";
import type { MemoryImage } from "./image.js";
import type { ReadOptions } from "./read-options.js";
import { rejected } from "./reject.js";

export interface BinReadOptions extends ReadOptions {
  readonly remarks?: readonly string[];
}

/** @throws BootlaceError IMAGE_INVALID without a base, and when the bytes run past 4 GiB */
export function readBin(bytes: Uint8Array, base: number | undefined, options: BinReadOptions): MemoryImage {
  const start = { offset: 0 };
  if (base === undefined)
    throw rejected(options.file, start, "a raw binary names no address, so it needs one", {
      hint: "Give the address of its first byte with --base, 0x08000000 for most chips.",
    });
  if (bytes.length > options.maxBytes)
    throw rejected(
      options.file,
      { offset: options.maxBytes },
      `the image is larger than ${options.maxBytes} bytes`,
    );
  const pool = options.owned === true ? bytes : undefined;
  const builder = new ImageBuilder({ ...options, format: "bin", poolBytes: bytes.length, pool });
  builder.add(base, bytes, 0);
  return builder.finish(undefined, { remarks: options.remarks ?? [] });
}
