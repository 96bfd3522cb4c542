/** Bytes to a file's content: raw, Intel HEX or S-record; and where it goes. */
import { writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { BootlaceError } from "../errors.js";
import type { MemoryImage } from "../image/image.js";
import type { Io } from "./context.js";
import { checkTaken } from "./failure.js";

export const OUTPUT_FORMATS = ["bin", "hex", "srec"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

const BY_EXTENSION: Readonly<Record<string, OutputFormat>> = {
  ".hex": "hex",
  ".ihex": "hex",
  ".ihx": "hex",
  ".srec": "srec",
  ".s19": "srec",
  ".s28": "srec",
  ".s37": "srec",
  ".mot": "srec",
};

/** Raw bytes when the name says nothing else. */
export const formatOfName = (name: string): OutputFormat =>
  BY_EXTENSION[extname(name).toLowerCase()] ?? "bin";

/** @param fill what a raw binary has in gaps */
export async function encodeImage(
  image: MemoryImage,
  format: OutputFormat,
  fill = 0xff,
): Promise<Uint8Array | string> {
  if (format === "hex") return (await import("../image/write-hex.js")).writeHex(image);
  if (format === "srec") return (await import("../image/write-srec.js")).writeSrec(image);
  return (await import("../image/write-bin.js")).writeBin(image, { fill });
}

/** @param out a file's name, or - for standard output. @throws BootlaceError FILE_FAILED */
export async function deliver(io: Io, out: string, content: Uint8Array | string): Promise<void> {
  if (out === "-") {
    io.stdout.write(content);
    checkTaken(io.stdout);
    return;
  }
  try {
    await writeFile(out, content);
  } catch (cause) {
    throw new BootlaceError("FILE_FAILED", `cannot write ${out}`, { file: out }, { cause });
  }
}
