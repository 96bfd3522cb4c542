/** The FILE argument of the verbs that take a firmware image. */
import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import type { Range } from "../devices/device.js";
import { BootlaceError, hex } from "../errors.js";
import type { ImageFormat, MemoryImage } from "../image/image.js";
import type { NamedImage } from "../image/transform.js";
import type { Context } from "./context.js";
import { parseAddress, parseRange } from "./args.js";
import { parsed } from "./options.js";
import { label } from "./phase-line.js";

export const IMAGE_FORMATS = [
  "bin",
  "hex",
  "srec",
  "elf",
  "uf2",
  "dfuse",
] as const satisfies readonly ImageFormat[];

/** Help of the argument. Without it the file of targets names the firmware. */
export const FILE_ARGUMENT =
  "bin, Intel HEX, S-record, ELF, UF2 or DfuSe, as app.bin@0x08004000 for its address; - for standard input";

export interface ImageOptions {
  readonly format?: ImageFormat;
  readonly base?: number;
  readonly elfSegments?: boolean;
  /** Of a raw binary that begins with a vector table. */
  readonly defaultBase?: number;
  readonly offset?: number;
  readonly only?: "flash" | Range;
}

/** Where the flash of nearly every STM32 starts (AN2606): what a raw binary is taken to be linked for. */
export const FLASH_BASE = 0x0800_0000;

export function addImageOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--format <format>", "of the file; found by its content otherwise")
        .choices(IMAGE_FORMATS)
        .helpGroup("Image:"),
    )
    .addOption(
      new Option("--base <address>", "where a raw binary starts (default: 0x08000000)")
        .argParser(parsed(parseAddress))
        .helpGroup("Image:"),
    )
    .addOption(
      new Option(
        "--elf-segments",
        "take whole segments of an ELF file, also what lies in no section",
      ).helpGroup("Image:"),
    )
    .addOption(
      new Option("--offset <bytes>", "add this to each address of the image, like 0x08000000")
        .argParser(parsed(parseOffset))
        .helpGroup("Image:"),
    )
    .addOption(
      new Option("--only <part>", "leave out the rest: flash, or a range like 0x08000000:64k")
        .argParser(parsed(parseOnly))
        .helpGroup("Image:"),
    );
}

/** "flash", or START:LENGTH. */
const parseOnly = (text: string): "flash" | Range => (text === "flash" ? text : parseRange(text));

/** A number of bytes that may be negative. */
const parseOffset = (text: string): number =>
  text.startsWith("-") ? -parseAddress(text.slice(1)) : parseAddress(text);

/** Sees the bytes of a file before they are parsed. */
export type FileCheck = (bytes: Uint8Array, file: string) => void;

/** Several files become one image. @param files as people name them, an address behind an "@" among them */
export async function openImages(
  context: Context,
  files: readonly string[],
  options: ImageOptions,
  check?: FileCheck,
): Promise<MemoryImage> {
  const { cut, mergeImages, movedBy, onlyWithin } = await import("../image/transform.js");
  if (files.length > 1 && options.base !== undefined)
    throw new BootlaceError("USAGE", "--base has no meaning with several files", {
      hint: `Give each raw binary its own address: ${files.at(-1)!}@${hex(options.base)}.`,
    });
  const parts: NamedImage[] = [];
  for (const text of files) {
    const { file, base } = fileAndBase(text);
    if (base !== undefined && options.base !== undefined)
      throw new BootlaceError("USAGE", `${text} and --base name two addresses`);
    const image = await openOne(context, file, base === undefined ? options : { ...options, base }, check);
    parts.push({ file, image });
  }
  const image = movedBy(mergeImages(parts), options.offset ?? 0);
  if (options.only === undefined || options.only === "flash") return image;
  if (cut(image, [options.only]).byteLength > 0) return onlyWithin(image, [options.only]);
  throw new BootlaceError("IMAGE_OUTSIDE", `${files.join(" ")}: nothing lies in the range of --only`, {
    hint: "`bootlace image info` shows where the image lies.",
  });
}

export const openImage = (context: Context, file: string, options: ImageOptions): Promise<MemoryImage> =>
  openImages(context, [file], options);

/** "app.bin@0x08004000", where no file is called that. */
function fileAndBase(text: string): { readonly file: string; readonly base?: number } {
  const [, file, address] = /^(.+)@(0x[0-9a-f_]+|[0-9]+[km]?)$/i.exec(text) ?? [];
  if (file === undefined || address === undefined || existsSync(text)) return { file: text };
  return { file, base: parseAddress(address) };
}

async function openOne(
  { io, signal }: Context,
  file: string,
  options: ImageOptions,
  check: FileCheck | undefined,
): Promise<MemoryImage> {
  const { loadImage } = await import("../image/load.js");
  const { format, base, elfSegments, only, defaultBase = FLASH_BASE } = options;
  const loadOptions = { format, base, elfSegments, flashOnly: only !== undefined, defaultBase, check };
  if (file !== "-") return loadImage(file, loadOptions);
  const { stdin } = io;
  if ((stdin as { isTTY?: boolean }).isTTY === true)
    io.stderr.write(`${label("Note")}the firmware is read from this terminal; Ctrl-D ends it\n`);
  const stop = (): void => void stdin.destroy(signal.reason as Error); // it may never end by itself
  signal.addEventListener("abort", stop, { once: true });
  return loadImage(file, { ...loadOptions, stdin });
}
