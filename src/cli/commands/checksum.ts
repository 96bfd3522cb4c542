/** `bootlace checksum`: CRC of a range, as the ROM computes it. */
import type { Command } from "commander";
import type { Range } from "../../devices/device.js";
import { checksumVerdict, type Sum } from "../checksum-verdict.js";
import type { Context } from "../context.js";
import { addExamples, addOutputOptions } from "../options.js";
import { runJob } from "../run-job.js";
import { addTargetOptions, type TargetOptions } from "../target-options.js";
import { chooseTargets } from "../targets.js";
import type { Act } from "../verb.js";
import { rangeOption, wholeFlash } from "../whole-flash.js";

export function define(command: Command, act: Act): void {
  command
    .optionsGroup("What to sum:")
    .addOption(rangeOption())
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

type ChecksumVerbOptions = TargetOptions & { readonly range?: Range; readonly prove?: boolean };

async function run(context: Context, { range, prove, ...options }: ChecksumVerbOptions): Promise<number> {
  const targets = await chooseTargets(options, context.io.env);
  return runJob(context, {
    verb: "checksum",
    targets,
    output: options,
    work: async (target, jobOptions, { name }) => {
      const sums: Sum[] = [];
      for (const part of range ? [range] : wholeFlash(target.chip))
        sums.push({ range: part, ...(await target.checksum(part, { ...jobOptions, prove })) });
      return checksumVerdict(target.chip, sums, targets.length > 1 ? name : undefined);
    },
  });
}
