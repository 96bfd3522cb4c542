/** `bootlace write`: compares, erases and writes what differs, verifies. */
import { type Command, Option } from "commander";
import { BootlaceError } from "../../errors.js";
import type { JobOptions, WriteOptions } from "../../flash/job.js";
import type { Target } from "../../flash/target.js";
import type { Context } from "../context.js";
import { type Firmware, firmwareFor } from "../firmware.js";
import { addImageOptions, FILE_ARGUMENT, type ImageOptions, openImage } from "../image-file.js";
import {
  addExamples,
  addOutputOptions,
  allowLockoutOption,
  dryRunOption,
  eraseEverythingOption,
} from "../options.js";
import { planTable } from "../plan-table.js";
import { runJob } from "../run-job.js";
import { styleOf } from "../style.js";
import { addSignatureOptions, heedSigned, signedResult, type SignatureOptions } from "../signature.js";
import { addTargetOptions, type TargetOptions } from "../target-options.js";
import { type ChosenTarget, chooseTargets } from "../targets.js";
import { writeVerdict } from "../verdict.js";
import type { Act } from "../verb.js";

export type Leave = NonNullable<WriteOptions["leave"]>;

export interface LeaveOptions {
  readonly go?: boolean;
  readonly reset?: boolean;
  readonly leave?: "stay" | "go" | "reset";
}

export interface BootOptions {
  readonly keepBootloader?: boolean | undefined;
  readonly allowLockout?: boolean | undefined;
}

export interface CheckOptions {
  /** false: --no-check. */
  readonly check?: "warn" | "refuse" | "off" | false;
}

interface WriteCliOptions
  extends TargetOptions, ImageOptions, SignatureOptions, LeaveOptions, BootOptions, CheckOptions {
  readonly dryRun?: boolean;
  readonly full?: boolean;
  readonly assume?: string;
  readonly erasePartial?: boolean;
  readonly unprotect?: boolean;
  readonly yesEraseEverything?: boolean;
}

export function define(command: Command, act: Act): void {
  command
    .argument("[file...]", FILE_ARGUMENT)
    .optionsGroup("What to do:")
    .addOption(dryRunOption())
    .option("--full", "erase and write also what holds the right bytes already")
    .option("--assume <file>", "the image the chip holds now: compare with it instead of the chip")
    .option("--erase-partial", "give up what else is in pages that the image covers in part");
  addCheckOptions(command);
  addBootOptions(command);
  command
    .option("--unprotect", "lift readout protection first, which erases the chip")
    .addOption(eraseEverythingOption());
  addLeaveOptions(command);
  addImageOptions(command);
  addSignatureOptions(command);
  addOutputOptions(addTargetOptions(command, true));
  addExamples(
    command,
    "bootlace write app.hex --port /dev/i2c-1 --address 0x56 --go",
    "bootlace write app.bin --base 0x08004000 --port /dev/ttyS1 --dry-run",
    "bootlace write app.elf --port /dev/i2c-1 --address 0x56 --address 0x51",
    "bootlace write app.hex --unprotect --yes-erase-everything --port /dev/ttyS1",
    "bootlace write boot.hex app.bin@0x08004000 --manifest rack.json --json",
  );
  command.action(act(run));
}

export function addCheckOptions(command: Command): void {
  command
    .addOption(
      new Option(
        "--check <how>",
        "an image that does not look like firmware: warn (default), refuse or off",
      ).choices(["warn", "refuse", "off"]),
    )
    .option("--no-check", "the same as --check off");
}

export const checkOf = ({ check }: CheckOptions): WriteOptions["check"] =>
  check === false ? "off" : (check ?? "warn");

export function addBootOptions(command: Command): void {
  command
    .option("--keep-bootloader", "set nBOOT_SEL = 0 first, so that BOOT0 counts (G0, C0)")
    .addOption(allowLockoutOption());
}

/** @throws BootlaceError USAGE when both are given */
export function bootOf({ keepBootloader, allowLockout }: BootOptions): BootOptions {
  if (keepBootloader === true && allowLockout === true)
    throw new BootlaceError("USAGE", "--keep-bootloader and --allow-lockout contradict each other");
  return { keepBootloader, allowLockout };
}

export function addLeaveOptions(command: Command): void {
  const group = (option: Option): Option => option.helpGroup("Afterwards:");
  command
    .addOption(group(new Option("-g, --go", "start the program")))
    .addOption(group(new Option("--reset", "reset the chip")))
    .addOption(
      group(
        new Option("--leave <how>", "stay in the bootloader (default), go or reset").choices([
          "stay",
          "go",
          "reset",
        ]),
      ),
    );
}

async function run(context: Context, files: readonly string[], options: WriteCliOptions): Promise<number> {
  const leave = leaveOf(options);
  const targets = await chooseTargets(options, context.io.env);
  if (options.full === true && options.assume !== undefined) {
    throw new BootlaceError("USAGE", "--full writes everything: --assume has no meaning with it");
  }
  checkUnprotect(options);
  const firmware = await firmwareFor(context, files, targets, options);
  // What the chip holds lies where the new image does, unless the file says something else.
  const before = options.base === undefined ? {} : { defaultBase: options.base };
  const assume = options.assume === undefined ? undefined : await openImage(context, options.assume, before);
  const writeOptions: WriteOptions = {
    leave,
    ...bootOf(options),
    check: checkOf(options),
    assume,
    dryRun: options.dryRun,
    full: options.full,
    erasePartial: options.erasePartial,
  };
  const showPlan = options.dryRun === true && options.json !== true && targets.length === 1;
  return runWrite(context, {
    verb: "write",
    targets,
    options,
    firmware,
    writeOptions: () => writeOptions,
    showPlan,
    before: options.unprotect === true ? liftReadoutProtection : undefined,
  });
}

/** @throws BootlaceError USAGE without the consent, with a consent to nothing, and with --dry-run, which changes nothing */
function checkUnprotect({ unprotect, yesEraseEverything, dryRun }: WriteCliOptions): void {
  if (unprotect === true && yesEraseEverything !== true)
    throw new BootlaceError("USAGE", "lifting readout protection erases the whole flash of the chip", {
      hint: "If that is what you want, pass --unprotect --yes-erase-everything.",
    });
  if (unprotect !== true && yesEraseEverything === true)
    throw new BootlaceError("USAGE", "--yes-erase-everything has no meaning without --unprotect");
  if (unprotect === true && dryRun === true)
    throw new BootlaceError("USAGE", "--dry-run changes nothing, and --unprotect does");
}

async function liftReadoutProtection(target: Target, options: JobOptions): Promise<void> {
  const note = (text: string): void => options.onEvent?.({ type: "note", text });
  if (target.chip.readoutProtected !== true) {
    note("readout protection is not on: nothing had to be lifted");
    return;
  }
  const { known, flash } = await target.unprotect("readout", { ...options, eraseEverything: true });
  if (known !== "seen")
    throw new BootlaceError("PROTECTED", "readout protection counts as lifted at the next power-on only", {
      hint: "Power the chip off and on, and run the same command again.",
    });
  note(`readout protection is lifted${flash === undefined ? "" : `, the flash is ${flash}`}`);
}

export interface WriteJob {
  readonly verb: string;
  readonly targets: readonly ChosenTarget[];
  readonly options: TargetOptions;
  readonly firmware: (target: ChosenTarget) => Firmware;
  readonly writeOptions: (target: ChosenTarget) => WriteOptions;
  readonly showPlan: boolean;
  readonly failed?: (error: BootlaceError) => BootlaceError;
  readonly before?: ((target: Target, options: JobOptions) => Promise<void>) | undefined;
}

export function runWrite(context: Context, job: WriteJob): Promise<number> {
  return runJob(context, {
    verb: job.verb,
    targets: job.targets,
    output: job.options,
    failed: job.failed,
    work: async (target, jobOptions, chosen) => {
      const writeOptions = job.writeOptions(chosen);
      const firmware = job.firmware(chosen);
      heedSigned(target, jobOptions, firmware);
      const { file, image, only, signed } = firmware;
      await job.before?.(target, jobOptions);
      const result = await target.write(image, { ...writeOptions, ...jobOptions, file, only });
      if (job.showPlan) {
        const { columns } = styleOf(context.io.stdout, context.io.env);
        context.io.stdout.write(planTable(result.plan, target.chip.geometry.pages, columns - 1));
      }
      const verdict = writeVerdict(result, writeOptions.leave);
      const plan = writeOptions.dryRun === true ? { plan: result.plan } : {};
      return { ...verdict, result: { ...verdict.result, ...plan, ...signedResult(signed) } };
    },
  });
}

/** @param unasked what happens when none is given @throws BootlaceError USAGE when two of them contradict each other */
export function leaveOf({ go, reset, leave }: LeaveOptions, unasked: Leave = "stay"): Leave {
  const asked = new Set([
    ...(go === true ? ["go" as const] : []),
    ...(reset === true ? ["reset" as const] : []),
    ...(leave ? [leave] : []),
  ]);
  if (asked.size > 1) throw new BootlaceError("USAGE", "--go, --reset and --leave contradict each other");
  return [...asked][0] ?? unasked;
}
