/** `bootlace verify`: does the chip hold this image? Changes nothing. */
import type { Command } from "commander";
import { BootlaceError, hex } from "../../errors.js";
import type { VerifyResult } from "../../flash/job.js";
import type { Context } from "../context.js";
import { firmwareFor } from "../firmware.js";
import { addImageOptions, FILE_ARGUMENT, type ImageOptions } from "../image-file.js";
import { addExamples, addOutputOptions } from "../options.js";
import { runJob } from "../run-job.js";
import { addSignatureOptions, heedSigned, signedResult, type SignatureOptions } from "../signature.js";
import { addTargetOptions, type TargetOptions } from "../target-options.js";
import { chooseTargets } from "../targets.js";
import { bytesText, plural } from "../text.js";
import { verifyVerdict } from "../verdict.js";
import type { Act } from "../verb.js";

export function define(command: Command, act: Act): void {
  command.argument("[file...]", FILE_ARGUMENT);
  addImageOptions(command);
  addSignatureOptions(command);
  addOutputOptions(addTargetOptions(command, true));
  addExamples(
    command,
    "bootlace verify app.hex --port /dev/i2c-1 --address 0x56",
    "bootlace verify app.hex --port /dev/ttyS1 --quiet && echo same",
  );
  command.action(act(run));
}

async function run(
  context: Context,
  files: readonly string[],
  options: TargetOptions & ImageOptions & SignatureOptions,
): Promise<number> {
  const targets = await chooseTargets(options, context.io.env);
  const firmware = await firmwareFor(context, files, targets, options);
  return runJob(context, {
    verb: "verify",
    targets,
    output: options,
    work: async (target, jobOptions, chosen) => {
      const given = firmware(chosen);
      heedSigned(target, jobOptions, given);
      const { file, image, only, signed } = given;
      const result = await target.verify(image, { ...jobOptions, file, only });
      const verdict = verifyVerdict(result, result.same ? undefined : differentError(file, result));
      return { ...verdict, result: { ...verdict.result, ...signedResult(signed) } };
    },
  });
}

const MOST_NAMED = 4;

function differentError(file: string, { differences, by }: VerifyResult): BootlaceError {
  const named = differences
    .slice(0, MOST_NAMED)
    .map(({ start, end }) => `${hex(start)} (${bytesText(end - start)})`)
    .join(", ");
  const more =
    differences.length > MOST_NAMED ? ` and ${plural(differences.length - MOST_NAMED, "more place")}` : "";
  const precise = by === "checksum" ? ", whole pages counted" : "";
  return new BootlaceError("DIFFERENT", `the chip differs from ${file} at ${named}${more}${precise}`, {
    chipState: "the chip is still in its bootloader; its flash was not touched",
  });
}
