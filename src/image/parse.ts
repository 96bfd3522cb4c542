/** Bytes of a file to a memory image, whatever the format. */

import { ADDRESS, BYTES, checkArgument, checkTable, FLAG, type Table, TEXT, whole } from "../arguments.js";
import { BootlaceError, hex } from "../errors.js";
import { readBin } from "./bin.js";
import {
  addressedFormat,
  objectionToContent,
  objectionToName,
  objectionToRaw,
  type Objection,
} from "./detect.js";
import { withoutDfuSuffix } from "./dfu-suffix.js";
import { readDfuse } from "./dfuse.js";
import { readElf } from "./elf.js";
import { readHex } from "./hex.js";
import { IMAGE_FORMAT, type ImageFormat, type MemoryImage } from "./image.js";
import type { ReadOptions } from "./read-options.js";
import { rejected } from "./reject.js";
import { readSrec } from "./srec.js";
import { readUf2 } from "./uf2.js";

export interface ParseOptions {
  /** Name for messages, and what says of a raw binary that it should be something else. */
  readonly file: string;
  /** Default: found in the content. "bin" takes what does not look like firmware, but nothing that is a known other thing. */
  readonly format?: ImageFormat | undefined;
  /** Where the first byte of a raw binary goes. The other formats name their addresses: with them it is refused. */
  readonly base?: number | undefined;
  /** Where a raw binary goes that begins with a vector table, when no `base` is given. */
  readonly defaultBase?: number | undefined;
  /** ELF: take whole segments, as a loader does, also what lies in no section. */
  readonly elfSegments?: boolean | undefined;
  /** DfuSe: leave out what is for other memories than the flash, with a remark, instead of refusing it. */
  readonly flashOnly?: boolean | undefined;
  /** Nobody else changes the bytes: the image may keep them as they are. */
  readonly owned?: boolean | undefined;
  /** Most data bytes, default 64 MiB. */
  readonly maxBytes?: number | undefined;
}

const DEFAULT_MAX_BYTES = 64 << 20;

export const PARSE_OPTIONS: Table<ParseOptions> = {
  file: TEXT,
  format: IMAGE_FORMAT,
  base: ADDRESS,
  defaultBase: ADDRESS,
  elfSegments: FLAG,
  flashOnly: FLAG,
  owned: FLAG,
  maxBytes: whole(0, Number.MAX_SAFE_INTEGER),
};

const READERS = { hex: readHex, srec: readSrec, elf: readElf, uf2: readUf2, dfuse: readDfuse } as const;

/**
 * The image holds copies unless `owned`: `bytes` may change afterwards. Memory in use stays within a small multiple of `bytes.length`,
 * whatever the file says. What was taken although it is unusual stands in the image's `notes.remarks`.
 * @throws BootlaceError IMAGE_INVALID with `file`, and `line` or `offset`, in its context; USAGE for a `base` or `elfSegments` that would have no effect,
 *   and for arguments of another type
 */
export function parseImage(bytes: Uint8Array, options: ParseOptions): MemoryImage {
  checkArgument("bytes", BYTES, bytes);
  checkTable(PARSE_OPTIONS, options);
  checkArgument("file", TEXT, options.file);
  const { file, base, elfSegments, flashOnly, owned, maxBytes = DEFAULT_MAX_BYTES } = options;
  const readOptions: ReadOptions = { file, maxBytes, elfSegments, flashOnly, owned };
  const format = options.format ?? addressedFormat(bytes) ?? "bin";
  if (elfSegments === true && format !== "elf") throw noElf(file);
  if (format === "bin") return readRaw(bytes, options, readOptions);
  if (base !== undefined) throw hasAddresses(file, base);
  const image = READERS[format](bytes, readOptions);
  if (image.segments.length === 0)
    throw rejected(file, { offset: 0 }, "the file is well-formed, but has no data in it");
  return image;
}

function readRaw(all: Uint8Array, options: ParseOptions, readOptions: ReadOptions): MemoryImage {
  const { file } = options;
  const { bytes, remarks } = withoutDfuSuffix(all);
  check(file, objectionToRaw(bytes));
  const asked = options.format === "bin";
  if (!asked) check(file, objectionToName(bytes, { file, suffixed: bytes.length < all.length }));
  if (!asked && options.base === undefined) check(file, objectionToContent(bytes));
  return readBin(bytes, options.base ?? options.defaultBase, { ...readOptions, remarks });
}

function check(file: string, objection: Objection | undefined): void {
  if (objection === undefined) return;
  const { what, hint } = objection;
  throw rejected(file, { offset: 0 }, what, hint === undefined ? {} : { hint });
}

const noElf = (file: string): BootlaceError =>
  new BootlaceError("USAGE", `${file} is no ELF file: --elf-segments has no meaning for it`, { file });

const hasAddresses = (file: string, base: number): BootlaceError =>
  new BootlaceError(
    "USAGE",
    `${file} names its own addresses: the base ${hex(base)} has no meaning with it`,
    {
      file,
      hint: "Leave --base away. To move the image, --offset adds to each of its addresses.",
    },
  );
