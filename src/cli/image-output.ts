/** Bytes to a file's content: raw, Intel HEX or S-record; and where it goes. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
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

/** Formats that are read and not written: raw bytes under such a name would mislead. */
const NOT_WRITTEN = [".elf", ".axf", ".out", ".uf2", ".dfu"];

/** What would fail, told before minutes of reading. @throws BootlaceError USAGE, FILE_FAILED */
export function checkDestination(
  io: Io,
  out: string,
  format: OutputFormat | undefined,
  option = "--format",
): void {
  const extension = extname(out).toLowerCase();
  if (format === undefined && NOT_WRITTEN.includes(extension))
    throw new BootlaceError("USAGE", `${extension} files are not written here, only .bin, .hex and .srec`, {
      hint: `Choose another name, or say ${option} bin.`,
    });
  if (out === "-") {
    if (io.stdout.isTTY === true && (format ?? "bin") === "bin")
      throw new BootlaceError("USAGE", "raw bytes would spoil the terminal", {
        hint: "Name a file, or send them to another program, like xxd.",
      });
    return;
  }
  if (existsSync(out) && statSync(out).isDirectory())
    throw new BootlaceError("FILE_FAILED", `cannot write ${out}: it is a folder`, { file: out });
  try {
    accessSync(existsSync(out) ? out : dirname(resolve(out)), constants.W_OK);
  } catch (cause) {
    throw new BootlaceError("FILE_FAILED", `cannot write ${out}`, { file: out }, { cause });
  }
}

/** Of a file with something in it, which would be gone: told before the work, while it can be stopped. */
export const replacedText = (out: string): string | undefined => {
  const found = out === "-" ? undefined : statSync(out, { throwIfNoEntry: false });
  return found?.isFile() && found.size > 0 ? `${out} is there already and will be replaced` : undefined;
};

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
