/** `bootlace checksum`: CRC of a range, as the ROM computes it. */
import type { Command } from "commander";
import type { Range } from "../../devices/device.js";
import { BootlaceError } from "../../errors.js";
import { parseRange } from "../args.js";
import { checksumVerdict, type Sum } from "../checksum-verdict.js";
import type { Context } from "../context.js";
import { addExamples, addOutputOptions } from "../options.js";
import { runJob } from "../run-job.js";
import { addTargetOptions, type TargetOptions } from "../target-options.js";
import { chooseTargets } from "../targets.js";
import type { Act } from "../verb.js";
import { chosenRanges, rangeOption } from "../whole-flash.js";

export function define(command: Command, act: Act): void {
  command
    .optionsGroup("What to sum:")
    .addOption(rangeOption(parseWords))
    .option("--prove", "also read it, and tell whether the chip's checksums are true");
  addOutputOptions(addTargetOptions(command, true));
  addExamples(
    command,
    "bootlace checksum --range 0x08000000:64k --port /dev/i2c-1 --address 0x56",
    "bootlace checksum --prove --crc-program --port /dev/ttyS1",
  );
  command.addHelpText(
    "after",
    "\nThe CRC is that of AN4221, Get Checksum: polynomial 0x04C11DB7, initial value\n0xFFFFFFFF, 32-bit words, neither reflected nor inverted. It goes to stdout.",
  );
  command.action(act(run));
}

/** A range that the CRC can be computed of: refused before the port is opened. */
function parseWords(text: string): Range {
  const range = parseRange(text);
  if (range.start % 4 !== 0 || range.end % 4 !== 0)
    throw new BootlaceError(
      "USAGE",
      "The checksum is one of 32-bit words: start and length are multiples of 4.",
    );
  return range;
}

type ChecksumVerbOptions = TargetOptions & { readonly range?: Range; readonly prove?: boolean };

async function run(context: Context, { range, prove, ...options }: ChecksumVerbOptions): Promise<number> {
  const targets = await chooseTargets(options, context.io.env);
  return runJob(context, {
    verb: "checksum",
    targets,
    output: options,
    work: async (target, jobOptions, { name }) => {
      const sums: Sum[] = [];
      for (const part of chosenRanges(target.chip, range))
        sums.push({ range: part, ...(await target.checksum(part, { ...jobOptions, prove })) });
      return checksumVerdict(target.chip, sums, targets.length > 1 ? name : undefined);
    },
  });
}
