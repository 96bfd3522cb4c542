/** -w: flash through the library's own write, which proves every page; other memories, and flash with -e 0, block by block. */
import { hex } from "../../errors.js";
import { putBlock } from "../../flash/chip/put-block.js";
import { checkUsable } from "../../flash/chip/usable.js";
import { JobRun } from "../../flash/run/job-run.js";
import { verifyPlain, writePlain } from "../../flash/write/plain.js";
import { writeImage } from "../../flash/write/write.js";
import { plural } from "../text.js";
import { meetAgain } from "./open-chip.js";
import type { Source } from "./source.js";
import type { Task } from "./task.js";
import { usageError } from "./usage-error.js";
import { planWrite, type WritePlan } from "./write-plan.js";

/** @throws BootlaceError */
export async function writeMemory(task: Task, source: Source): Promise<void> {
  const { line, session, report } = task;
  if (session.loader.writeBytes === 0)
    throw usageError("-F: a TX length below 18 is too short to write: a block has at least 16 bytes");
  const plan = planWrite(source, line.place, session);
  if (plan.leftOut > 0)
    report.warn(`-S leaves out the last ${plural(plan.leftOut, "byte")} of ${source.name}`);
  const bytes = plan.end - plan.start;
  report.say(`Writing ${bytes} bytes (${source.format}) to ${plan.memory.kind} at ${hex(plan.start)}`);
  if (plan.memory.kind === "option bytes") await writeOptionBytes(task, plan);
  else if (plan.memory.kind === "flash" && line.place.pages !== 0) await writeFlash(task, plan, source);
  else await writeAsItIs(task, plan);
}

async function writeFlash(
  { session, jobOptions }: Task,
  { image }: WritePlan,
  source: Source,
): Promise<void> {
  const isProgram = image.start === session.geometry.base;
  await writeImage(session, image, {
    ...jobOptions,
    full: true,
    check: isProgram ? "warn" : "off",
    file: source.name,
  });
}

async function writeAsItIs({ session, jobOptions }: Task, { image, memory }: WritePlan): Promise<void> {
  if (memory.kind === "flash") checkUsable(session);
  const run = new JobRun(session, jobOptions);
  await run.conclude(() => writePlain(run, image, memory.kind === "RAM"));
}

/** One command: each one ends in a restart of the chip (AN3155, AN4221, Write Memory). Looked at only with -v, because that needs the chip again. */
async function writeOptionBytes({ line, session, report, jobOptions }: Task, plan: WritePlan): Promise<void> {
  const [segment] = plan.image.segments;
  if (!segment || segment.bytes.length > session.loader.writeBytes)
    throw usageError("option bytes are written with one command, and one command does not take so many");
  const run = new JobRun(session, jobOptions);
  await run.conclude(() => run.changing("options", () => putBlock(run, "write", segment, "once")));
  if (!line.verify) {
    report.say("Written. The chip restarts now; add -v to have it looked at.");
    return;
  }
  await meetAgain(session);
  await run.conclude(() => verifyPlain(run, [segment]));
  report.say("Written, and read back after the restart.");
}
