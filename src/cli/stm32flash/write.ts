/** -w: flash through the library's own write, which proves every page; other memories, and flash with -e 0, block by block. */
import { BootlaceError, hex } from "../../errors.js";
import { checkUsable } from "../../flash/write/check-image.js";
import { JobRun } from "../../flash/run/job-run.js";
import { readSpan } from "../../flash/look/read.js";
import { persist } from "../../flash/run/retry.js";
import { writeImage } from "../../flash/write/write.js";
import type { Segment } from "../../image/image.js";
import { chunks } from "../../protocol/bootloader.js";
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
  else await writePlain(task, plan);
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

/** The first block last: it may be the vector table of a program that must not start before it is whole. */
async function writePlain({ session, jobOptions }: Task, { image, memory }: WritePlan): Promise<void> {
  if (memory.kind === "flash") checkUsable(session);
  const run = new JobRun(session, jobOptions);
  const [first, ...rest] = image.segments.flatMap((segment) => blocksOf(segment, session.loader.writeBytes));
  const blocks = first ? [...rest, first] : rest;
  await run.conclude(async () => {
    run.state = "unbootable";
    await run.phase("write", { total: image.byteLength }, async (progress) => {
      let done = 0;
      for (const block of blocks) {
        await persist(run, { phase: "write", address: block.address }, () =>
          session.loader.writeMany([block]),
        );
        progress((done += block.bytes.length));
      }
    });
    await run.phase("verify", { total: image.byteLength }, (progress) =>
      verifyPlain(run, image.segments, progress),
    );
    run.state = "complete";
  });
}

const blocksOf = ({ address, bytes }: Segment, most: number): Segment[] =>
  chunks(address, bytes.length, most).map((part) => ({
    address: part.address,
    bytes: bytes.subarray(part.address - address, part.address - address + part.length),
  }));

async function verifyPlain(
  run: JobRun,
  segments: readonly Segment[],
  progress?: (done: number) => void,
): Promise<void> {
  for (const { address, bytes } of segments) {
    const held = await readSpan(run, "verify", { address, length: bytes.length }, progress);
    const at = held.findIndex((byte, index) => byte !== bytes[index]);
    if (at >= 0)
      throw new BootlaceError(
        "VERIFY_FAILED",
        `${hex(address + at)} holds ${hex(held[at]!, 2)} where ${hex(bytes[at]!, 2)} was written`,
        {
          address: address + at,
          hint: "Flash that is not erased, or protected, does not take what is written to it.",
        },
      );
  }
}

/** One command: each one ends in a restart of the chip (AN3155, AN4221, Write Memory). Looked at only with -v, because that needs the chip again. */
async function writeOptionBytes(
  { line, session, port, report, jobOptions }: Task,
  plan: WritePlan,
): Promise<void> {
  const [segment] = plan.image.segments;
  if (!segment || segment.bytes.length > session.loader.writeBytes)
    throw usageError("option bytes are written with one command, and one command does not take so many");
  await session.loader.writeMany([segment]);
  if (!line.verify) {
    report.say("Written. The chip restarts now; add -v to have it looked at.");
    return;
  }
  await meetAgain(port);
  await verifyPlain(new JobRun(session, jobOptions), [segment]);
  report.say("Written, and read back after the restart.");
}
