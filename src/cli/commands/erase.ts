/** `bootlace erase`: pages, a bank, or all of the flash. */
import { type Command, Option } from "commander";
import type { Range } from "../../devices/device.js";
import { BootlaceError } from "../../errors.js";
import type { EraseWhat } from "../../flash/job.js";
import { parseRange, parseWhole } from "../args.js";
import type { Context } from "../context.js";
import { addExamples, addOutputOptions, parsed } from "../options.js";
import { runJob } from "../run-job.js";
import { addTargetOptions, type TargetOptions } from "../target-options.js";
import { chooseTargets } from "../targets.js";
import { eraseVerdict } from "../verdict.js";
import type { Act } from "../verb.js";

interface EraseCliOptions extends TargetOptions {
  readonly all?: boolean;
  readonly range?: Range;
  readonly bank?: number;
  readonly erasePartial?: boolean;
}

export function define(command: Command, act: Act): void {
  command
    .optionsGroup("What to erase:")
    .option("--all", "the whole flash")
    .addOption(
      new Option("--range <start:length>", "pages, like 0x08004000:16k").argParser(parsed(parseRange)),
    )
    .addOption(
      new Option("--bank <number>", "bank 1 or 2").argParser(parsed((text) => parseWhole(text, 1, 2))),
    )
    .option("--erase-partial", "the pages that --range touches, also where it covers a part only");
  addOutputOptions(addTargetOptions(command, true));
  addExamples(
    command,
    "bootlace erase --all --port /dev/i2c-1 --address 0x56",
    "bootlace erase --range 0x08004000:16k --port /dev/ttyS1",
  );
  command.action(act(run));
}

async function run(context: Context, options: EraseCliOptions): Promise<number> {
  const what = whatOf(options);
  const targets = await chooseTargets(options, context.io.env);
  const erasePartial = options.erasePartial === true;
  return runJob(context, {
    verb: "erase",
    targets,
    output: options,
    work: async (target, jobOptions) =>
      eraseVerdict(await target.erase(what, { ...jobOptions, erasePartial })),
  });
}

function whatOf({ all, range, bank, erasePartial }: EraseCliOptions): EraseWhat {
  if (erasePartial === true && range === undefined)
    throw new BootlaceError("USAGE", "--erase-partial has no meaning without --range");
  const asked: EraseWhat[] = [
    ...(all === true ? ["all" as const] : []),
    ...(range ? [range] : []),
    ...(bank === 1 || bank === 2 ? [{ bank } as const] : []),
  ];
  if (asked.length === 1) return asked[0]!;
  throw new BootlaceError(
    "USAGE",
    asked.length === 0 ? "nothing to erase is named" : "--all, --range and --bank contradict each other",
    { hint: "Give one of --all, --range START:LENGTH and --bank N." },
  );
}
