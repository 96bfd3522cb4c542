/** `bootlace checksum`: CRC of a range, as the ROM computes it. */
import { type Command, Option } from "commander";
import type { Range } from "../../devices/device.js";
import { hex } from "../../errors.js";
import type { CheckedBy } from "../../flash/events.js";
import { parseRange } from "../args.js";
import type { Context } from "../context.js";
import { addExamples, addOutputOptions, parsed } from "../options.js";
import { runJob } from "../run-job.js";
import { addTargetOptions, type TargetOptions } from "../target-options.js";
import { chooseTargets } from "../targets.js";
import type { Act } from "../verb.js";
import { rangesText, wholeFlash } from "../whole-flash.js";

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
      const ranges = options.range ? [options.range] : wholeFlash(target.chip);
      const sums: Sum[] = [];
      for (const range of ranges) sums.push({ range, ...(await target.checksum(range, jobOptions)) });
      return {
        text: sums.map(sumText).join(", "),
        result: sums.length === 1 ? sumJson(sums[0]!) : { ranges: sums.map(sumJson) },
        data: sums
          .map((sum) => dataLine(sum, sums.length > 1, targets.length > 1 ? name : undefined))
          .join(""),
      };
    },
  });
}

interface Sum {
  readonly range: Range;
  readonly crc: number;
  readonly by: CheckedBy;
}

const sumText = ({ range, crc, by }: Sum): string => `CRC ${hex(crc)} of ${rangesText([range])} (${by})`;

const sumJson = ({ range: { start, end }, crc, by }: Sum): object => ({
  crc,
  crcHex: hex(crc),
  by,
  address: start,
  length: end - start,
});

/** Alone where one chip has one range; else with what it is of. */
function dataLine({ range, crc }: Sum, several: boolean, name: string | undefined): string {
  const parts = [hex(crc), ...(several ? [hex(range.start)] : []), ...(name === undefined ? [] : [name])];
  return `${parts.join("  ")}\n`;
}
