/** The FILE argument of the verbs that take a firmware image. */
import { type Command, Option } from "commander";
import type { ImageFormat, MemoryImage } from "../image/image.js";
import type { Context } from "./context.js";
import { parseAddress } from "./args.js";
import { parsed } from "./options.js";

export const IMAGE_FORMATS = [
  "bin",
  "hex",
  "srec",
  "elf",
  "uf2",
  "dfuse",
] as const satisfies readonly ImageFormat[];

/** Help of the argument. Without it the file of targets names the firmware. */
export const FILE_ARGUMENT = "bin, Intel HEX, S-record, ELF or UF2; - for standard input";

export interface ImageOptions {
  readonly format?: ImageFormat;
  readonly base?: number;
  readonly elfSegments?: boolean;
}

/** Where the flash of every STM32 starts (AN2606): what a raw binary is taken to be linked for. */
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
    );
}

export async function openImage(
  { io, signal }: Context,
  file: string,
  options: ImageOptions,
): Promise<MemoryImage> {
  const { loadImage } = await import("../image/load.js");
  const { format, base, elfSegments } = options;
  const loadOptions = { format, base, elfSegments, defaultBase: FLASH_BASE };
  if (file !== "-") return loadImage(file, loadOptions);
  const { stdin } = io;
  const stop = (): void => void stdin.destroy(signal.reason as Error); // it may never end by itself
  signal.addEventListener("abort", stop, { once: true });
  return loadImage(file, { ...loadOptions, stdin });
}
