/** `bootlace doctor`: why it would or would not work on this machine, with a next step for each finding. */
import type { Command } from "commander";
import type { Diagnosis } from "../../host/doctor.js";
import type { Finding, FindingLevel } from "../../host/finding.js";
import { ERRORS } from "../../errors.js";
import type { Context } from "../context.js";
import { document } from "../json.js";
import { addExamples, jsonOption } from "../options.js";
import { styleOf, type Style } from "../style.js";
import { addPlaceOptions, type TargetOptions } from "../target-options.js";
import { choosePlace } from "../targets.js";
import { wrap } from "../text.js";
import type { Act } from "../verb.js";

export function define(command: Command, act: Act): void {
  addPlaceOptions(command).addOption(jsonOption());
  addExamples(command, "bootlace doctor", "bootlace doctor --port /dev/i2c-1 --address 0x56");
  command.addHelpText(
    "after",
    `\nExit status 0: ready. ${ERRORS.NOT_READY.exit}: not ready, the findings say why.`,
  );
  command.action(act(run));
}

async function run(context: Context, options: TargetOptions): Promise<number> {
  const { examine } = await import("../../host/examine.js");
  const { io } = context;
  const diagnosis = await examine(choosePlace(options, io.env));
  const style = styleOf(io.stdout, io.env);
  io.stdout.write(options.json === true ? document("doctor", diagnosis) : diagnosisText(diagnosis, style));
  return diagnosis.ready ? 0 : ERRORS.NOT_READY.exit;
}

const MARKS: Readonly<Record<FindingLevel, string>> = { ok: "ok", note: "note", warning: "warn", bad: "BAD" };
const MARK_WIDTH = 6;

/** Ready for one of the two and not for the other is no plain yes. */
function readyText({ readyFor, findings }: Diagnosis): string {
  if (readyFor === undefined || readyFor.i2c === readyFor.serial) return "bootlace should work here";
  const [has, lacks] = readyFor.i2c ? ["I2C", "serial ports"] : ["serial ports", "I2C"];
  const why = findings.some(({ level }) => level === "bad") ? `, see the findings marked ${MARKS.bad}` : "";
  return `for ${has}; not for ${lacks}${why}`;
}

export function diagnosisText(diagnosis: Diagnosis, style: Style): string {
  const { ready, findings } = diagnosis;
  const verdict = ready
    ? `${style.green(style.bold("READY"))}  ${readyText(diagnosis)}`
    : `${style.red(style.bold("NOT READY"))}  see the findings marked ${MARKS.bad}`;
  return `${findings.map((finding) => findingText(finding, style)).join("")}${verdict}\n`;
}

function findingText({ level, title, detail, nextStep }: Finding, style: Style): string {
  const paint = { ok: style.green, note: style.cyan, warning: style.yellow, bad: style.red }[level];
  const width = Math.min(80, style.columns) - 1;
  const mark = MARKS[level].padEnd(MARK_WIDTH);
  const head = wrap(`${mark}${title}: ${detail}`, width, MARK_WIDTH).replace(mark, paint(mark));
  const next =
    nextStep === undefined
      ? ""
      : `${wrap(`${" ".repeat(MARK_WIDTH)}> ${nextStep}`, width, MARK_WIDTH + 2)}\n`;
  return `${head}\n${next}`;
}
