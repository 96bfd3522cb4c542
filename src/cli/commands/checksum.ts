/** `bootlace checksum`: CRC of a range, as the ROM computes it. */
import { type Command, Option } from "commander";
import type { Range } from "../../devices/device.js";
import { hex } from "../../errors.js";
import { parseRange } from "../args.js";
import type { Context } from "../context.js";
import { addExamples, addOutputOptions, parsed } from "../options.js";
import { runJob } from "../run-job.js";
import { addTargetOptions, type TargetOptions } from "../target-options.js";
import { chooseTargets } from "../targets.js";
import { bytesText } from "../text.js";
import type { Act } from "../verb.js";
import { wholeFlash } from "../whole-flash.js";

export function define(command: Command, act: Act): void {
  command.addOption(
    new Option("--range <start:length>", "like 0x08000000:16k (default: the whole flash)")
      .argParser(parsed(parseRange))
      .helpGroup("What to sum:"),
  );
  addOutputOptions(addTargetOptions(command, true));
  addExamples(command, "bootlace checksum --range 0x08000000:64k --port /dev/i2c-1 --address 0x56");
  command.addHelpText(
    "after",
    "\nThe CRC is that of AN4221, Get Checksum: polynomial 0x04C11DB7, initial value\n0xFFFFFFFF, 32-bit words, neither reflected nor inverted. It goes to stdout.",
  );
  command.action(act(run));
}

async function run(context: Context, options: TargetOptions & { readonly range?: Range }): Promise<number> {
  const targets = await chooseTargets(options, context.io.env);
  return runJob(context, {
    verb: "checksum",
    targets,
    output: options,
    work: async (target, jobOptions, { name }) => {
      const range = options.range ?? wholeFlash(target.chip);
      const { crc, by } = await target.checksum(range, jobOptions);
      const data = targets.length > 1 ? `${hex(crc)}  ${name}\n` : `${hex(crc)}\n`;
      const text = `CRC ${hex(crc)} of ${bytesText(range.end - range.start)} at ${hex(range.start)} (${by})`;
      return {
        text,
        result: { crc, crcHex: hex(crc), by, address: range.start, length: range.end - range.start },
        data,
      };
    },
  });
}
