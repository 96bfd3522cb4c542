/** `bootlace info`: what chip answers. The answer goes to stdout. */
import type { Command } from "commander";
import { BootlaceError, hex } from "../../errors.js";
import type { ChipInfo } from "../../flash/job.js";
import { commandName } from "../../protocol/commands.js";
import type { Context } from "../context.js";
import { chipJson, document } from "../json.js";
import { addExamples, addOutputOptions } from "../options.js";
import { runJob } from "../run-job.js";
import { columnsOf } from "../style.js";
import { addTargetOptions, type TargetOptions } from "../target-options.js";
import { type ChosenTarget, chooseTargets } from "../targets.js";
import { bytesText, plural, wrap } from "../text.js";
import type { Act } from "../verb.js";

export function define(command: Command, act: Act): void {
  addOutputOptions(addTargetOptions(command, true));
  addExamples(
    command,
    "bootlace info --port /dev/i2c-1 --address 0x56",
    "bootlace info --port sim:stm32g071 --json",
  );
  command.action(act(run));
}

async function run(context: Context, options: TargetOptions): Promise<number> {
  const targets = await chooseTargets(options, context.io.env);
  return targets.length === 1 ? infoOf(context, options, targets[0]!) : infoOfAll(context, options, targets);
}

/** A paragraph for each. */
const infoOfAll = (
  context: Context,
  options: TargetOptions,
  targets: readonly ChosenTarget[],
): Promise<number> =>
  runJob(context, {
    verb: "info",
    targets,
    output: options,
    work: async (target, jobOptions, { name }) => {
      const chip = await target.info(jobOptions);
      return {
        text: chip.name,
        result: chipJson(chip),
        data: `${name}\n${infoText(chip, columnsOf(context.io.stdout))}\n`,
      };
    },
  });

async function infoOf(context: Context, options: TargetOptions, chosen: ChosenTarget): Promise<number> {
  const { signal, io } = context;
  const target = await context.connect(chosen.target, {
    ...chosen.options,
    signal,
    onTrace:
      options.trace === true
        ? (line: string) => void io.stderr.write(`${context.style.dim(line)}\n`)
        : undefined,
  });
  let chip: ChipInfo;
  try {
    chip = await target.info({ signal });
  } finally {
    await target.close();
  }
  if (signal.aborted)
    throw signal.reason instanceof BootlaceError
      ? signal.reason
      : new BootlaceError("INTERRUPTED", "stopped");
  if (options.quiet === true && options.json !== true) return 0;
  io.stdout.write(
    options.json === true ? document("info", chipJson(chip)) : infoText(chip, columnsOf(io.stdout)),
  );
  return 0;
}

const NAME_WIDTH = 14;
const MOST_COLUMNS = 80;

/** @param columns of the terminal */
export function infoText(chip: ChipInfo, columns: number): string {
  const rows: [string, string | undefined][] = [
    ["Chip", `${chip.name} (product ID ${hex(chip.productId, 3)})`],
    ["Port", chip.port],
    ["Bootloader", bootloaderText(chip)],
    ["Flash", flashText(chip)],
    ["Pages", pagesText(chip)],
    ["Readout", protectionText(chip)],
    ["Unique ID", chip.uniqueId],
    ...commandRows(chip.commands),
    ...chip.notes.map((note): [string, string] => ["Note", note]),
  ];
  return rows
    .filter((row): row is [string, string] => row[1] !== undefined)
    .map(
      ([name, text]) =>
        `${wrap(name.padEnd(NAME_WIDTH) + text, Math.min(MOST_COLUMNS, columns) - 1, NAME_WIDTH)}\n`,
    )
    .join("");
}

const NO_STRETCH = " (no-stretch)";

/** Twins that do not stretch the clock in a row of their own. */
function commandRows(opcodes: readonly number[]): [string, string | undefined][] {
  const names = opcodes.map((opcode) => commandName(opcode) ?? hex(opcode, 2));
  const twins = names.filter((name) => name.endsWith(NO_STRETCH));
  return [
    ["Commands", names.filter((name) => !twins.includes(name)).join(", ")],
    [
      "No-stretch",
      twins.length === 0 ? undefined : twins.map((name) => name.slice(0, -NO_STRETCH.length)).join(", "),
    ],
  ];
}

function bootloaderText({ bootloaderVersion, bootloaderId, protocol }: ChipInfo): string {
  const id = bootloaderId === undefined ? "" : ` (ID ${hex(bootloaderId, 2)})`;
  return `${bootloaderVersion ?? "version not known"}${id}, protocol ${protocol}`;
}

const SIZE_FROM = {
  "size register": "read from the chip",
  option: "given by option",
  "largest of its product ID": "largest of its product ID; the chip did not say",
} as const;

function flashText({ geometry, flashSizeFrom }: ChipInfo): string {
  const { base, end, size } = geometry;
  if (flashSizeFrom === "nothing: size not known")
    return "size and layout are not known: give them with --flash-size and --page-size";
  return `${bytesText(size)} at ${hex(base)} to ${hex(end - 1)} (${SIZE_FROM[flashSizeFrom]})`;
}

function pagesText({ geometry }: ChipInfo): string | undefined {
  if (geometry.pages.length === 0) return undefined;
  const counts = new Map<number, number>();
  for (const { size } of geometry.pages) counts.set(size, (counts.get(size) ?? 0) + 1);
  const parts = [...counts].map(([size, count]) => `${plural(count, geometry.unit)} of ${bytesText(size)}`);
  return `${parts.join(", ")}${geometry.banks === 2 ? " in 2 banks" : ""}, erased value ${hex(geometry.erasedValue, 2)}`;
}

function protectionText({ readoutProtected }: ChipInfo): string {
  if (readoutProtected === undefined) return "protection not known";
  return readoutProtected
    ? "protected: only `bootlace unprotect readout --yes-erase-everything` works"
    : "not protected";
}
