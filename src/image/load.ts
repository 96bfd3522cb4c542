/** Reads an image from a file or from standard input. */

import { createReadStream, readFileSync, statSync } from "node:fs";
import { getSystemErrorMap } from "node:util";
import {
  checkArgument,
  checkTable,
  FUNCTION,
  type Kind,
  OBJECT,
  PATH,
  type Table,
  whole,
} from "../arguments.js";
import { BootlaceError, isSystemError } from "../errors.js";
import type { MemoryImage } from "./image.js";
import { PARSE_OPTIONS, parseImage } from "./parse.js";
import type { ParseOptions } from "./parse.js";
import { rejected } from "./reject.js";

export interface LoadOptions extends Omit<ParseOptions, "file" | "owned"> {
  /** What "-" reads from, in pieces of bytes. Default: the standard input of this process. */
  readonly stdin?: AsyncIterable<unknown>;
  /** Most bytes of the file itself, default 256 MiB: ELF files with debug information are large. */
  readonly maxFileBytes?: number;
  /** Is called with the bytes of the file before they are parsed, and nothing reads the file again; what it throws ends the loading. */
  readonly check?: ((bytes: Uint8Array, file: string) => void) | undefined;
}

const STREAM: Kind = {
  says: "a readable stream",
  fits: (value) => OBJECT.fits(value) && Symbol.asyncIterator in (value as object),
};

const { format, base, defaultBase, elfSegments, flashOnly, maxBytes } = PARSE_OPTIONS;
const LOAD_OPTIONS: Table<LoadOptions> = {
  format,
  base,
  defaultBase,
  elfSegments,
  flashOnly,
  maxBytes,
  stdin: STREAM,
  maxFileBytes: whole(0, Number.MAX_SAFE_INTEGER),
  check: FUNCTION,
};

const DEFAULT_MAX_FILE_BYTES = 256 << 20;
const CHUNK_BYTES = 1 << 20;

/**
 * @param path a file, or "-" for standard input
 * @throws BootlaceError FILE_FAILED when it cannot be read, with the system's error as cause; IMAGE_INVALID and USAGE as parseImage
 */
export async function loadImage(path: string, options: LoadOptions = {}): Promise<MemoryImage> {
  checkArgument("path", PATH, path);
  checkTable(LOAD_OPTIONS, options);
  const { stdin, maxFileBytes, check, ...parsing } = options;
  const standardInput = path === "-";
  const file = standardInput ? "standard input" : path;
  const most = maxFileBytes ?? DEFAULT_MAX_FILE_BYTES;
  const bytes = standardInput
    ? await readAll(stdin ?? process.stdin, file, most)
    : (readRegular(path, most) ??
      (await readAll(createReadStream(path, { highWaterMark: CHUNK_BYTES }), file, most)));
  check?.(bytes, file);
  return parseImage(bytes, { ...parsing, file, owned: true });
}

/** At once: streams cost a short command more than all the rest of it. Undefined for pipes, devices and what else tells no size. */
function readRegular(path: string, maxFileBytes: number): Uint8Array | undefined {
  try {
    // Not by opening it: whoever writes to a pipe would see it closed again.
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile() || stat.size === 0) return undefined;
    if (stat.size > maxFileBytes) throw tooLarge(path, maxFileBytes);
    return asBytes(readFileSync(path));
  } catch (error) {
    throw error instanceof BootlaceError ? error : cannotRead(path, error);
  }
}

async function readAll(
  stream: AsyncIterable<unknown>,
  file: string,
  maxFileBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      const bytes = chunk as Uint8Array;
      chunks.push(bytes);
      length += bytes.length;
      if (length > maxFileBytes) throw tooLarge(file, maxFileBytes);
    }
  } catch (error) {
    throw error instanceof BootlaceError ? error : cannotRead(file, error);
  }
  return asBytes(Buffer.concat(chunks, length));
}

const asBytes = ({ buffer, byteOffset, length }: Buffer): Uint8Array =>
  new Uint8Array(buffer, byteOffset, length);

const tooLarge = (file: string, maxFileBytes: number): BootlaceError =>
  rejected(file, { offset: maxFileBytes }, `the file is larger than ${maxFileBytes} bytes`);

/** A file of any kind: FILE_FAILED with the system's own words. */
export function cannotRead(file: string, cause: unknown): BootlaceError {
  return new BootlaceError("FILE_FAILED", `cannot read ${file}: ${reason(cause)}`, { file }, { cause });
}

/** "no such file or directory (ENOENT)" */
function reason(cause: unknown): string {
  if (!isSystemError(cause)) return String(cause);
  const [name, text] = getSystemErrorMap().get(cause.errno) ?? [cause.code, cause.message];
  return `${text} (${name})`;
}
