/** `bootlace sync`: writes only if the chip holds something else; for units that run at every boot. */
import type { Command } from "commander";
import type { Context } from "../context.js";
import { firmwareFor } from "../firmware.js";
import { addImageOptions, FILE_ARGUMENT, type ImageOptions } from "../image-file.js";
import { addExamples, addOutputOptions } from "../options.js";
import { addTargetOptions, type TargetOptions } from "../target-options.js";
import { chooseTargets } from "../targets.js";
import type { Act } from "../verb.js";
import {
  addBootOptions,
  addLeaveOptions,
  bootOf,
  type BootOptions,
  type LeaveOptions,
  leaveOf,
  runWrite,
} from "./write.js";

export function define(command: Command, act: Act): void {
  command.argument("[file...]", FILE_ARGUMENT);
  addBootOptions(command);
  addLeaveOptions(command);
  addImageOptions(command);
  addOutputOptions(addTargetOptions(command, true));
  addExamples(
    command,
    "bootlace sync app.hex --port /dev/i2c-1 --address 0x56 --go",
    "ExecStart=bootlace sync /usr/lib/firmware/app.hex --wait 10 --go",
  );
  command.addHelpText(
    "after",
    "\nExit status 0 both when nothing had to be done and when it was done; the last\nline says which.",
  );
  command.action(act(run));
}

async function run(
  context: Context,
  files: readonly string[],
  options: TargetOptions & ImageOptions & LeaveOptions & BootOptions,
): Promise<number> {
  const leave = leaveOf(options);
  const targets = await chooseTargets(options, context.io.env);
  const firmware = await firmwareFor(context, files, targets, options);
  return runWrite(context, {
    verb: "sync",
    targets,
    options,
    firmware,
    writeOptions: { leave, ...bootOf(options) },
    showPlan: false,
  });
}
