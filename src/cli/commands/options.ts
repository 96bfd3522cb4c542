/** `bootlace options`: the option bytes by name, and setting them. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { BootlaceError, hex } from "../../errors.js";
import type { OptionsInfo, SetOptionsOptions } from "../../flash/job.js";
import type { Target } from "../../flash/target.js";
import type { Context } from "../context.js";
import { checkDestination, deliver } from "../image-output.js";
import { backupText, parseBackup } from "../option-backup.js";
import { parseAssignments } from "../option-values.js";
import { addExamples, addOutputOptions, allowLockoutOption, collected, dryRunOption } from "../options.js";
import { runJob } from "../run-job.js";
import { addTargetOptions, type TargetOptions } from "../target-options.js";
import { chooseTargets } from "../targets.js";
import { plural, table, timeText, wrap } from "../text.js";
import type { Act } from "../verb.js";
import { setOptionsVerdict, type Verdict } from "../verdict.js";

interface OptionsCliOptions extends TargetOptions {
  readonly dryRun?: boolean;
  readonly allowLockout?: boolean;
  readonly oneWay?: readonly string[];
  readonly backup?: string;
}

export function define(command: Command, act: Act): void {
  command
    .argument("[what]", '"set" or "restore"; nothing: show them')
    .argument("[values...]", "set: NAME=VALUE ...; restore: the file that --backup wrote")
    .optionsGroup("What to do:")
    .addOption(dryRunOption())
    .option("--backup <file>", "keep what the chip holds now in a file, for restore")
    .addOption(allowLockoutOption())
    .option("--one-way <name>", "set this field although it can never be undone", collected(String));
  addOutputOptions(addTargetOptions(command, true));
  addExamples(
    command,
    "bootlace options --port /dev/i2c-1 --address 0x56",
    "bootlace options set nBOOT_SEL=0 nBOOT0=1 --port /dev/ttyS1 --dry-run",
    "bootlace options restore options.json --port /dev/ttyS1",
  );
  command.addHelpText(
    "after",
    "\nThe chip erases all its option bytes, writes them anew and resets: keep the\npower on. Readout protection is set by `bootlace protect readout`.",
  );
  command.action(act(run));
}

/** What is done with a chip; the options are those of the command line. */
type Work = (target: Target, options: SetOptionsOptions) => Promise<Verdict>;

async function run(
  context: Context,
  what: string | undefined,
  values: readonly string[],
  options: OptionsCliOptions,
): Promise<number> {
  const { dryRun, allowLockout, oneWay, backup } = options;
  const work = await workOf(context, what, values, options);
  const targets = await chooseTargets(options, context.io.env);
  if (backup !== undefined) {
    if (targets.length > 1)
      throw new BootlaceError(
        "USAGE",
        "--backup keeps the option bytes of one chip, and there are several targets",
      );
    checkDestination(context.io, backup, "hex");
  }
  return runJob(context, {
    verb: "options",
    targets,
    output: options,
    work: async (target, jobOptions) => {
      if (backup !== undefined)
        await deliver(context.io, backup, backupText(target.chip, await target.options(jobOptions)));
      return work(target, { ...jobOptions, dryRun, allowLockout, oneWay });
    },
  });
}

/** Words and files are looked at before a chip is asked. */
async function workOf(
  context: Context,
  what: string | undefined,
  values: readonly string[],
  options: OptionsCliOptions,
): Promise<Work> {
  if (what === undefined) return showing(context, options);
  if (what === "set") {
    const wanted = parseAssignments(values);
    return async (target, jobOptions) => setOptionsVerdict(await target.setOptions(wanted, jobOptions));
  }
  if (what !== "restore")
    throw new BootlaceError("USAGE", `"${what}": it is "set" or "restore", or nothing to show them`);
  const [file, ...more] = values;
  if (file === undefined || more.length > 0)
    throw new BootlaceError(
      "USAGE",
      "options restore needs one file, as `bootlace options --backup FILE` wrote it",
    );
  const backup = parseBackup(await textOf(file), file);
  return async (target, jobOptions) => {
    const { productId, name } = target.chip;
    if (productId !== backup.productId)
      throw new BootlaceError(
        "WRONG_CHIP",
        `${file} holds option bytes of product ID ${hex(backup.productId, 3)}, and this is ${name} (${hex(productId, 3)})`,
        { file, hint: "Give the file that was made of such a chip." },
      );
    return setOptionsVerdict(await target.setOptions(backup.bytes, jobOptions));
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new BootlaceError("FILE_FAILED", `cannot read ${file}`, { file }, { cause });
  }
}

/** @throws BootlaceError USAGE for options that only setting has a meaning for */
function showing(context: Context, { dryRun, allowLockout, oneWay, quiet }: OptionsCliOptions): Work {
  const without =
    dryRun === true ? "--dry-run" : allowLockout === true ? "--allow-lockout" : oneWay && "--one-way";
  if (without)
    throw new BootlaceError("USAGE", `${without} has no meaning where option bytes are only shown`);
  return async (target, { signal, onEvent }) => {
    const startedAt = context.now();
    const info = await target.options({ signal, onEvent });
    const { address, bytes, settable, fields } = info;
    return {
      text: `${plural(bytes.length, "option byte")} read, ${timeText(context.now() - startedAt)}`,
      result: {
        address,
        bytes: hexText(bytes),
        settable,
        fields: fields.map((field) => ({ ...field, source: undefined })),
      },
      data: quiet === true ? undefined : optionsText(target.chip.name, info),
    };
  };
}

const hexText = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const NOTES = {
  none: "",
  lockout: "[way back]",
  "one-way": "[one way]",
  erases: "[layout]",
  protection: "[see protect]",
  keep: "[not settable]",
} as const;

/** A table of the fields and the raw words under it. */
export function optionsText(chip: string, { address, bytes, settable, fields }: OptionsInfo): string {
  const rows = fields.map(({ name, value, width, says, danger, word, bit }) => [
    name,
    width > 4 ? hex(value, Math.ceil(width / 4)) : String(value),
    `${hex(word, 2)}.${bit}${width > 1 ? `..${bit + width - 1}` : ""}`,
    NOTES[danger],
    says ?? "",
  ]);
  const head = `${chip}: option bytes at ${hex(address)}${settable ? "" : ", not settable here"}\n`;
  const none = "no names are at hand for this chip\n";
  return `${head}${rows.length > 0 ? table(rows) : none}${rawText(bytes)}`;
}

function rawText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = Array.from({ length: bytes.length >> 2 }, (_, at) => hex(view.getUint32(at * 4, true)));
  return `${wrap(`Raw   ${words.join(" ")}`, 79, 6)}\n`;
}
