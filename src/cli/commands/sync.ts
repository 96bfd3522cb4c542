/** `bootlace sync`: writes only if the chip holds something else; for units that run at every boot. */
import type { Command } from "commander";
import { BootlaceError } from "../../errors.js";
import type { Context } from "../context.js";
import { firmwareFor } from "../firmware.js";
import { addImageOptions, FILE_ARGUMENT, type ImageOptions } from "../image-file.js";
import { addExamples, addOutputOptions } from "../options.js";
import { addSignatureOptions, type SignatureOptions } from "../signature.js";
import { addTargetOptions, type TargetOptions } from "../target-options.js";
import { chooseTargets } from "../targets.js";
import type { Act } from "../verb.js";
import {
  addBootOptions,
  addCheckOptions,
  addLeaveOptions,
  bootOf,
  type BootOptions,
  checkOf,
  type CheckOptions,
  type LeaveOptions,
  leaveOf,
  runWrite,
} from "./write.js";

export function define(command: Command, act: Act): void {
  command.argument("[file...]", FILE_ARGUMENT);
  command.optionsGroup("What to do:");
  addCheckOptions(command);
  addBootOptions(command);
  addLeaveOptions(command);
  addImageOptions(command);
  addSignatureOptions(command);
  addOutputOptions(addTargetOptions(command, true));
  addExamples(
    command,
    "bootlace sync app.hex --port /dev/i2c-1 --address 0x56 --go",
    "bootlace sync app.hex --target motor --wait-device 10 --wait 10",
  );
  command.addHelpText(
    "after",
    "\nExit status 0 both when nothing had to be done and when it was done; the last\nline says which. With a reset sequence the chip is told to start its program\nafterwards, also when nothing could be done; that failure has status 55.",
  );
  command.action(act(run));
}

async function run(
  context: Context,
  files: readonly string[],
  options: TargetOptions & ImageOptions & SignatureOptions & LeaveOptions & BootOptions & CheckOptions,
): Promise<number> {
  leaveOf(options); // a contradiction is told before any file is opened
  const boot = bootOf(options);
  const targets = await chooseTargets(options, context.io.env);
  const firmware = await firmwareFor(context, files, targets, options);
  return runWrite(context, {
    verb: "sync",
    targets,
    options,
    firmware,
    writeOptions: ({ options: { resetSequence } }) => ({
      leave: leaveOf(options, resetSequence === undefined ? "stay" : "reset"),
      startOnFailure: true,
      check: checkOf(options),
      ...boot,
    }),
    showPlan: false,
    failed: notUpdated,
  });
}

/** A unit asks one thing of a failure: does the old program run? Being stopped is told as that. */
function notUpdated(error: BootlaceError): BootlaceError {
  const { code, message, context, hint } = error;
  if (context.startedAgain !== true || code === "INTERRUPTED" || code === "TERMINATED") return error;
  return new BootlaceError(
    "NOT_UPDATED",
    `not updated, and the program that was there was told to start: ${message} (${code})`,
    { ...context, hint, reason: code },
    { cause: error.cause },
  );
}
