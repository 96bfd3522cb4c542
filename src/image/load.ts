/** Reads an image from a file or from standard input. */

import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { getSystemErrorMap } from "node:util";
import { BootlaceError, isSystemError } from "../errors.js";
import type { MemoryImage } from "./image.js";
import { parseImage } from "./parse.js";
import type { ParseOptions } from "./parse.js";
import { rejected } from "./reject.js";

export interface LoadOptions extends Omit<ParseOptions, "file"> {
  /** What "-" reads from. Default: the standard input of this process. */
  readonly stdin?: Readable;
  /** Most bytes of the file itself, default 256 MiB: ELF files with debug information are large. */
  readonly maxFileBytes?: number;
}

const DEFAULT_MAX_FILE_BYTES = 256 << 20;
const CHUNK_BYTES = 1 << 20;

/**
 * @param path a file, or "-" for standard input
 * @throws BootlaceError FILE_FAILED when it cannot be read, with the system's error as cause; IMAGE_INVALID as parseImage
 */
export async function loadImage(path: string, options: LoadOptions = {}): Promise<MemoryImage> {
  const standardInput = path === "-";
  const file = standardInput ? "standard input" : path;
  const stream = standardInput
    ? (options.stdin ?? process.stdin)
    : createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const bytes = await readAll(stream, file, options.maxFileBytes ?? DEFAULT_MAX_FILE_BYTES);
  return parseImage(bytes, { file, format: options.format, base: options.base, maxBytes: options.maxBytes });
}

async function readAll(stream: Readable, file: string, maxFileBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      const bytes = chunk as Uint8Array;
      chunks.push(bytes);
      length += bytes.length;
      if (length > maxFileBytes)
        throw rejected(file, { offset: maxFileBytes }, `the file is larger than ${maxFileBytes} bytes`);
    }
  } catch (error) {
    throw error instanceof BootlaceError ? error : failed(file, error);
  }
  return Buffer.concat(chunks, length);
}

function failed(file: string, cause: unknown): BootlaceError {
  return new BootlaceError("FILE_FAILED", `cannot read ${file}: ${reason(cause)}`, { file }, { cause });
}

/** "no such file or directory (ENOENT)" */
function reason(cause: unknown): string {
  if (!isSystemError(cause)) return String(cause);
  const [name, text] = getSystemErrorMap().get(cause.errno) ?? [cause.code, cause.message];
  return `${text} (${name})`;
}
