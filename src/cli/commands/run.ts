/** `bootlace run` (go): starts the program in the flash. */
import type { Command } from "commander";
import { hex } from "../../errors.js";
import { parseAddress } from "../args.js";
import type { Context } from "../context.js";
import { addExamples, addOutputOptions, parsed } from "../options.js";
import { runJob } from "../run-job.js";
import { addTargetOptions, type TargetOptions } from "../target-options.js";
import { chooseTargets } from "../targets.js";
import type { Act } from "../verb.js";

export function define(command: Command, act: Act): void {
  command.argument("[address]", "of the vector table (default: start of the flash)", parsed(parseAddress));
  addOutputOptions(addTargetOptions(command, true));
  addExamples(
    command,
    "bootlace run --port /dev/i2c-1 --address 0x56",
    "bootlace run 0x08004000 --port /dev/ttyS1",
  );
  command.action(act(run));
}

async function run(context: Context, address: number | undefined, options: TargetOptions): Promise<number> {
  const targets = await chooseTargets(options, context.io.env);
  return runJob(context, {
    verb: "run",
    targets,
    output: options,
    work: async (target, jobOptions) => {
      await target.run(address, jobOptions);
      const at = address ?? target.chip.geometry.base;
      return { text: `the chip was told to start the program at ${hex(at)}`, result: { address: at } };
    },
  });
}
