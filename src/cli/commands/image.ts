/** `bootlace image`: what is in a firmware file, and other formats of it. */
import { type Command, Option } from "commander";
import { BootlaceError, hex } from "../../errors.js";
import type { MemoryImage } from "../../image/image.js";
import { parseWhole } from "../args.js";
import type { Context } from "../context.js";
import {
  addImageOptions,
  FLASH_BASE,
  FILE_ARGUMENT,
  type ImageOptions,
  openImage,
  openImages,
} from "../image-file.js";
import {
  checkDestination,
  deliver,
  encodeImage,
  formatOfName,
  OUTPUT_FORMATS,
  type OutputFormat,
  replacedText,
} from "../image-output.js";
import { imagePicture } from "../image-picture.js";
import { document } from "../json.js";
import { label } from "../phase-line.js";
import { addExamples, jsonOption, parsed } from "../options.js";
import { columnsOf } from "../style.js";
import { bytesText, plural, table } from "../text.js";
import type { Act } from "../verb.js";

export function define(command: Command, act: Act): void {
  defineInfo(command.command("info").summary("what is in a firmware file"), act);
  defineConvert(command.command("convert").summary("write a firmware file in another format"), act);
  addExamples(
    command,
    "bootlace image info app.elf",
    "bootlace image convert app.elf app.hex",
    "bootlace image convert app.elf app.raw --to bin",
  );
}

interface InfoOptions extends ImageOptions {
  readonly json?: boolean;
}

function defineInfo(command: Command, act: Act): void {
  command
    .description("What is in a firmware file: format, ranges, vector table.")
    .argument("<file...>", FILE_ARGUMENT)
    .addOption(jsonOption());
  addImageOptions(command);
  addExamples(command, "bootlace image info app.elf");
  command.action(act(info));
}

async function info(context: Context, files: readonly string[], options: InfoOptions): Promise<number> {
  const file = files.join(" ");
  const image = await openImages(context, files, withoutFlash(options));
  context.io.stdout.write(
    options.json === true
      ? document("image", imageJson(file, image))
      : imageText(file, image, columnsOf(context.io.stdout)),
  );
  return 0;
}

function imageJson(file: string, image: MemoryImage): object {
  return {
    file,
    format: image.format,
    bytes: image.byteLength,
    start: image.start,
    end: image.end,
    entry: image.entry,
    segments: image.segments.map(({ address, bytes }) => ({ address, length: bytes.length })),
    ...vectors(image),
    notes: remarksOf(image),
  };
}

/** Where the flash ends only a chip can say. */
function withoutFlash<T extends ImageOptions>(options: T): T {
  if (options.only !== "flash") return options;
  throw new BootlaceError("USAGE", "--only flash needs a chip, and there is none here", {
    hint: "Give the range instead, like --only 0x08000000:128k.",
  });
}

/** Below this an address is no flash of its own, but may show it: boot memory at 0, ITCM of F7 at 0x00200000. */
const LOW_END = 0x0040_0000;

function remarksOf(image: MemoryImage): readonly string[] {
  const remarks = image.notes.remarks ?? [];
  if (image.start >= LOW_END) return remarks;
  const from = image.start >= 0x0020_0000 ? 0x0020_0000 : 0;
  const move = hex(FLASH_BASE - from);
  return [
    ...remarks,
    `it lies at ${hex(from)}, another address of the flash; --offset ${move} moves it to ${hex(FLASH_BASE)}`,
  ];
}

export const FORMAT_NAMES = {
  bin: "raw binary",
  hex: "Intel HEX",
  srec: "S-record",
  elf: "ELF",
  uf2: "UF2",
  dfuse: "DfuSe",
} as const;

/** @param columns of the terminal */
export function imageText(file: string, image: MemoryImage, columns: number): string {
  const { format, segments, byteLength, start, end } = image;
  const kind = format === undefined ? "" : `${FORMAT_NAMES[format]}, `;
  const lines = [`${file}: ${kind}${bytesText(byteLength)} in ${plural(segments.length, "part")}`];
  const rows = segments.map(({ address, bytes }) => [
    `  ${hex(address)}`,
    `to ${hex(address + bytes.length - 1)}`,
    bytesText(bytes.length),
  ]);
  const head = vectors(image);
  if (end - start !== byteLength) lines.push(`from ${hex(start)} to ${hex(end - 1)}, with gaps`);
  const tail = [
    ...(head
      ? [`initial stack pointer ${hex(head.stackPointer)}, reset vector ${hex(head.resetVector)}`]
      : []),
    ...(image.entry === undefined ? [] : [`entry ${hex(image.entry)}`]),
    ...remarksOf(image).map((remark) => `${label("Note")}${remark}`),
  ];
  return `${lines.join("\n")}\n${table(rows)}${imagePicture(image, columns)}${tail.map((line) => `${line}\n`).join("")}`;
}

/** The first two words of the image: what a Cortex-M loads at reset, if the image begins with its vector table. */
function vectors(
  image: MemoryImage,
): { readonly stackPointer: number; readonly resetVector: number } | undefined {
  const first = image.segments[0]?.bytes;
  if (first === undefined || first.length < 8) return undefined;
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength);
  return { stackPointer: view.getUint32(0, true), resetVector: view.getUint32(4, true) };
}

interface ConvertOptions extends ImageOptions {
  readonly to?: OutputFormat;
  readonly fill?: number;
  readonly quiet?: boolean;
}

function defineConvert(command: Command, act: Act): void {
  command
    .description("Writes a firmware file in another format; gaps stay gaps where the format can say so.")
    .argument("<in>", FILE_ARGUMENT)
    .argument("<out>", ".bin, .hex or .srec; - for standard output")
    .addOption(new Option("--to <format>", "of the output; from its name otherwise").choices(OUTPUT_FORMATS))
    .addOption(
      new Option("--fill <byte>", "what a raw binary has in gaps (default: 255)").argParser(
        parsed((text) => parseWhole(text.startsWith("0x") ? String(Number(text)) : text, 0, 255)),
      ),
    )
    .option("-q, --quiet", "silent on success");
  addImageOptions(command);
  addExamples(
    command,
    "bootlace image convert app.elf app.hex",
    "bootlace image convert app.hex - --to bin | sha256sum",
  );
  command.action(act(convert));
}

async function convert(
  context: Context,
  input: string,
  out: string,
  options: ConvertOptions,
): Promise<number> {
  checkDestination(context.io, out, options.to, "--to");
  const to = options.to ?? formatOfName(out);
  if (options.fill !== undefined && to !== "bin")
    throw new BootlaceError("USAGE", `--fill has no meaning for ${FORMAT_NAMES[to]}: gaps stay gaps there`);
  const image = await openImage(context, input, withoutFlash(options));
  const replaced = replacedText(out);
  const say = (text: string): void => {
    if (options.quiet !== true) context.io.stderr.write(`${text}\n`);
  };
  for (const remark of [...(image.notes.remarks ?? []), ...(replaced === undefined ? [] : [replaced])])
    say(`${label("Note")}${remark}`);
  await deliver(context.io, out, await encodeImage(image, to, options.fill));
  const { style } = context;
  const where = out === "-" ? "standard output" : out;
  say(
    `${style.green(style.bold("OK"))}  ${bytesText(image.byteLength)} converted into ${where} (${FORMAT_NAMES[to]})`,
  );
  return 0;
}
