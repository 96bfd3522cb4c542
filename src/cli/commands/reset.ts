/** `bootlace reset`: restarts the chip. */
import type { Command } from "commander";
import type { Context } from "../context.js";
import { addExamples, addOutputOptions } from "../options.js";
import { runJob } from "../run-job.js";
import { addTargetOptions, type TargetOptions } from "../target-options.js";
import { chooseTargets } from "../targets.js";
import type { Act } from "../verb.js";

export function define(command: Command, act: Act): void {
  addOutputOptions(addTargetOptions(command, true));
  addExamples(command, "bootlace reset --port /dev/i2c-1 --address 0x56", "bootlace reset --target motor");
  command.addHelpText(
    "after",
    "\nWith a reset sequence NRST is driven, else a program of a few bytes in the\nchip's RAM restarts it. `bootlace help wiring` has the sequences.",
  );
  command.action(act(run));
}

async function run(context: Context, options: TargetOptions): Promise<number> {
  const targets = await chooseTargets(options, context.io.env);
  return runJob(context, {
    verb: "reset",
    targets,
    output: options,
    work: async (target, jobOptions) => {
      await target.reset(jobOptions);
      return { text: "the chip was told to reset", result: { left: "reset" } };
    },
  });
}
