/** `bootlace unprotect`: lifting readout protection erases the chip, so it has to be said twice. */
import type { Command } from "commander";
import { BootlaceError } from "../../errors.js";
import type { Context } from "../context.js";
import { addExamples, addOutputOptions, eraseEverythingOption, parsed } from "../options.js";
import { runJob } from "../run-job.js";
import { addTargetOptions, type TargetOptions } from "../target-options.js";
import { chooseTargets } from "../targets.js";
import type { Act } from "../verb.js";
import { unprotectVerdict } from "../verdict.js";
import { parseWhat } from "./protect.js";

interface UnprotectCliOptions extends TargetOptions {
  readonly yesEraseEverything?: boolean;
}

export function define(command: Command, act: Act): void {
  command
    .argument("<what>", '"readout" (erases the whole flash) or "write"', parsed(parseWhat))
    .addOption(eraseEverythingOption());
  addOutputOptions(addTargetOptions(command, true));
  addExamples(
    command,
    "bootlace unprotect write --port /dev/i2c-1 --address 0x56",
    "bootlace unprotect readout --yes-erase-everything --port /dev/ttyS1",
  );
  command.action(act(run));
}

async function run(
  context: Context,
  what: "readout" | "write",
  options: UnprotectCliOptions,
): Promise<number> {
  if (what === "readout" && options.yesEraseEverything !== true) {
    throw new BootlaceError("USAGE", "lifting readout protection erases the whole flash of the chip", {
      hint: "If that is what you want, pass --yes-erase-everything.",
    });
  }
  if (what === "write" && options.yesEraseEverything === true) {
    throw new BootlaceError("USAGE", "lifting write protection erases nothing", {
      hint: "Leave --yes-erase-everything away.",
    });
  }
  const targets = await chooseTargets(options, context.io.env);
  return runJob(context, {
    verb: "unprotect",
    targets,
    output: options,
    work: async (target, jobOptions) => {
      const consent = what === "readout" && { eraseEverything: true };
      return unprotectVerdict(what, await target.unprotect(what, { ...jobOptions, ...consent }));
    },
  });
}
