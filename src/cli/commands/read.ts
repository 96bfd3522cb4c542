/** `bootlace read`: memory into a file, or to standard output. */
import { type Command, Option } from "commander";
import type { Range } from "../../devices/device.js";
import { BootlaceError, hex } from "../../errors.js";
import { MemoryImage, type Segment } from "../../image/image.js";
import type { Context } from "../context.js";
import {
  checkDestination,
  deliver,
  encodeImage,
  formatOfName,
  OUTPUT_FORMATS,
  type OutputFormat,
  replacedText,
} from "../image-output.js";
import { rangeJson } from "../json.js";
import { addExamples, addOutputOptions } from "../options.js";
import { label } from "../phase-line.js";
import { runJob } from "../run-job.js";
import { addTargetOptions, type TargetOptions } from "../target-options.js";
import { chooseTarget } from "../targets.js";
import { timeText } from "../text.js";
import type { Act } from "../verb.js";
import { chosenRanges, rangeOption, rangesText, sizeOf } from "../whole-flash.js";

interface ReadCliOptions extends TargetOptions {
  readonly range?: Range;
  readonly format?: OutputFormat;
}

export function define(command: Command, act: Act): void {
  command
    .argument("<out>", "file to write: .hex, .srec, or raw bytes; - for standard output")
    .optionsGroup("What to read:")
    .addOption(rangeOption())
    .addOption(
      new Option("--format <format>", "of the file; from its name otherwise").choices(OUTPUT_FORMATS),
    );
  addOutputOptions(addTargetOptions(command));
  addExamples(
    command,
    "bootlace read backup.hex --port /dev/i2c-1 --address 0x56",
    "bootlace read - --range 0x08000000:256 --port /dev/ttyS1 | xxd",
  );
  command.action(act(run));
}

const ONLY_READ = "the flash was not changed; the chip is still in its bootloader";

async function run(context: Context, out: string, options: ReadCliOptions): Promise<number> {
  if (out === "-" && options.json === true) {
    throw new BootlaceError("USAGE", "--json and - both want standard output; name a file");
  }
  checkDestination(context.io, out, options.format);
  const chosen = await chooseTarget(options, context.io.env);
  const format = options.format ?? formatOfName(out);
  const replaced = replacedText(out);
  if (replaced !== undefined && options.json !== true && options.quiet !== true)
    context.io.stderr.write(`${label("Note")}${replaced}\n`);
  return runJob(context, {
    verb: "read",
    targets: [chosen],
    output: options,
    work: async (target, jobOptions) => {
      const ranges = chosenRanges(target.chip, options.range);
      const startedMs = context.now();
      const segments: Segment[] = [];
      for (const range of ranges)
        segments.push({ address: range.start, bytes: await target.read(range, jobOptions) });
      const fill = target.chip.geometry.erasedValue;
      const content = await encodeImage(new MemoryImage(segments), format, fill);
      await deliver(context.io, out, content).catch((error: unknown) => {
        throw error instanceof BootlaceError ? error.with({ chipState: ONLY_READ }) : error;
      });
      const elapsedMs = context.now() - startedMs;
      const filled = format === "bin" && ranges.length > 1 ? `, ${hex(fill, 2)} in the gap` : "";
      const text = `${rangesText(ranges)} read into ${out === "-" ? "standard output" : out}${filled}, ${timeText(elapsedMs)}`;
      const all = { address: ranges[0]!.start, length: sizeOf(ranges), ranges: ranges.map(rangeJson) };
      return { text, result: { ...all, file: out, format, elapsedMs } };
    },
  });
}
