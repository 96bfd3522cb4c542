/**
 * What -w writes. A file that says what it is (Intel HEX, S-record, ELF, UF2) is read as that, everything else is raw bytes;
 * with -f everything is. A file that begins like one of these and is damaged is refused, not written as text.
 */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { BootlaceError, isSystemError } from "../../errors.js";
import { addressedFormat } from "../../image/detect.js";
import { MemoryImage } from "../../image/image.js";
import { parseImage } from "../../image/parse.js";

export interface Source {
  /** For messages. */
  readonly name: string;
  /** "Intel HEX", "raw bytes" */
  readonly format: string;
  readonly image: MemoryImage;
  /** The addresses of `image` are the file's own; otherwise they count from 0. */
  readonly addressed: boolean;
  /** It came through standard input: 0.7 cannot know its length before it erases. */
  readonly piped: boolean;
}

export interface SourceOptions {
  readonly stdin: Readable;
  /** -f */
  readonly raw: boolean;
}

/** The flash of no STM32 is larger. */
const MOST_BYTES = 64 << 20;

const FORMAT_NAMES = {
  hex: "Intel HEX",
  srec: "S-record",
  elf: "ELF",
  uf2: "UF2",
  bin: "raw bytes",
} as const;

/** @throws BootlaceError FILE_FAILED, IMAGE_INVALID */
export async function openSource(file: string, { stdin, raw }: SourceOptions): Promise<Source> {
  const piped = file === "-";
  const name = piped ? "standard input" : file;
  const bytes = await readAll(piped ? stdin : createReadStream(file), name);
  if (bytes.length === 0) throw new BootlaceError("IMAGE_INVALID", `${name} is empty`, { file: name });
  const found = raw ? undefined : addressedFormat(bytes);
  const format = found === undefined || found === "dfuse" ? "bin" : found; // 0.7 knows nothing of DfuSe
  const addressed = format !== "bin";
  const image = addressed ? parse(bytes, name, format) : new MemoryImage([{ address: 0, bytes }]);
  return { name, format: FORMAT_NAMES[format], image, addressed, piped };
}

function parse(bytes: Uint8Array, file: string, format: "hex" | "srec" | "elf" | "uf2"): MemoryImage {
  try {
    return parseImage(bytes, { file, format });
  } catch (error) {
    if (!(error instanceof BootlaceError)) throw error;
    throw error.with({ hint: "If its bytes shall be written as they are, add -f." });
  }
}

async function readAll(stream: Readable, name: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk as Uint8Array);
      length += (chunk as Uint8Array).length;
      if (length > MOST_BYTES)
        throw new BootlaceError("IMAGE_INVALID", `${name} is larger than any flash`, { file: name });
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new BootlaceError("FILE_FAILED", `cannot read ${name}`, { file: name }, { cause: error });
  }
  return Buffer.concat(chunks);
}
