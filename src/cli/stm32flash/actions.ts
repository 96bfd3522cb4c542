/** What each action does with the chip. */
import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import { BootlaceError, hex, isSystemError } from "../../errors.js";
import { ChipTarget } from "../../flash/chip-target.js";
import type { Range } from "../../devices/device.js";
import { MemoryImage, type Segment } from "../../image/image.js";
import { writeBin } from "../../image/write-bin.js";
import { deliver } from "../image-output.js";
import type { Action } from "./action.js";
import { meetAgain } from "./open-chip.js";
import { setReadout } from "./readout.js";
import { partsOf, type Span, spanOf } from "./memory.js";
import type { Source } from "./source.js";
import type { Task } from "./task.js";
import { rangesText } from "../whole-flash.js";
import { usageError } from "./usage-error.js";
import { writeMemory } from "./write.js";

const CRC_WORD = 4;

/** @param source what -w writes @throws BootlaceError */
export async function perform(task: Task, source: Source | undefined): Promise<void> {
  if (source) return writeMemory(task, source);
  await ACTIONS[task.line.action](task);
}

const nothing = (): Promise<void> => Promise.resolve();

const ACTIONS: Readonly<Record<Action, (task: Task) => Promise<void>>> = {
  info: nothing,
  write: nothing, // has a source
  read,
  erase,
  crc,
  "write unprotect": async ({ session, report }) => {
    await session.loader.writeUnprotect();
    report.say("The chip was told to lift write protection, and restarts.");
  },
  "read protect": (task) => setReadout(task, true),
  "read unprotect": (task) => setReadout(task, false),
};

const targetOf = ({ session }: Task): ChipTarget => new ChipTarget(session, nothing);

/** The file is written when all has been read and confirmed: a failure leaves no part of it. */
async function read(task: Task): Promise<void> {
  const { line, io, session, report, jobOptions } = task;
  const span = spanOf(line.place, session);
  warnIfCut(task, span);
  if (line.file !== "-") await checkWritable(line.file);
  const parts = partsOf(span, session);
  warnOfGap(task, parts);
  const segments: Segment[] = [];
  for (const part of parts)
    segments.push({ address: part.start, bytes: await targetOf(task).read(part, jobOptions) });
  const bytes = writeBin(new MemoryImage(segments), { fill: session.geometry.erasedValue });
  await deliver(io, line.file, bytes);
  const place = line.file === "-" ? "standard output" : line.file;
  report.say(`${bytes.length} bytes from ${hex(span.start)} are in ${place}.`);
}

/** A file of 0.7 is raw bytes and cannot leave it out. */
function warnOfGap({ report, session }: Task, parts: readonly Range[]): void {
  if (parts.length < 2) return;
  const fill = hex(session.geometry.erasedValue, 2);
  report.warn(`the flash is ${rangesText(parts)}: what lies between is ${fill} in the file`);
}

function warnIfCut({ report }: Task, { memory, end, cut }: Span): void {
  if (cut)
    report.warn(`the ${memory.kind} ends at ${hex(end - 1)}: it stops there, sooner than was asked for`);
}

/** Tells before the chip is read whether the file can be written. */
async function checkWritable(file: string): Promise<void> {
  try {
    await access(file, constants.W_OK);
  } catch (error) {
    if (!isSystemError(error) || error.code !== "ENOENT") return cannotWrite(file, error);
    await access(dirname(file), constants.W_OK).catch((cause: unknown) => cannotWrite(file, cause));
  }
}

function cannotWrite(file: string, cause: unknown): never {
  throw new BootlaceError("FILE_FAILED", `cannot write ${file}`, { file }, { cause });
}

async function erase(task: Task): Promise<void> {
  const { line, session, report, jobOptions } = task;
  const { pages, start, length, startPage = 0 } = line.place;
  if (pages === 0) {
    report.say("Nothing is erased, because -e is 0.");
    return;
  }
  const { geometry } = session;
  const all = start === undefined && length === undefined && startPage === 0;
  if (all && (pages === undefined || pages >= geometry.pages.length)) {
    await targetOf(task).erase("all", jobOptions);
    return;
  }
  const span = spanOf(line.place, session);
  if (span.cut && startPage > 0)
    throw usageError(`-s ${startPage} -e ${pages ?? 0}: the flash has ${geometry.pages.length} pages`);
  warnIfCut(task, span);
  await targetOf(task).erase(span, jobOptions);
}

async function crc(task: Task): Promise<void> {
  const { line, session, report, jobOptions } = task;
  const span = spanOf(line.place, session);
  if ((span.end - span.start) % CRC_WORD !== 0)
    throw usageError(`-C: the length ${span.end - span.start} is not a multiple of ${CRC_WORD}`);
  const parts = partsOf(span, session);
  if (parts.length > 1)
    throw usageError(
      `-C: the flash is ${rangesText(parts)}, with a gap between`,
      `Sum one part: -S ${lower(parts[0]!.start)}:${parts[0]!.end - parts[0]!.start}.`,
    );
  warnIfCut(task, span);
  const sum = await targetOf(task).checksum(span, jobOptions);
  report.say(`CRC(${lower(span.start)}-${lower(span.end)}) = ${lower(sum.crc)}`);
}

const lower = (value: number): string => hex(value).toLowerCase();

/** Actions after which the chip restarts by itself. */
const RESTARTS: ReadonlySet<Action> = new Set(["write unprotect", "read protect", "read unprotect"]);

/** -g and -R, in that order of weight. @param moved the exit part of -i takes care of the reset */
export async function leave(task: Task, moved: boolean): Promise<void> {
  const { line, session, report, jobOptions } = task;
  const restarted = RESTARTS.has(line.action);
  if (line.go !== undefined) {
    if (restarted) await meetAgain(session);
    const address = line.go === 0 ? session.geometry.base : line.go;
    await targetOf(task).run(address, jobOptions);
    report.say(`The chip was told to start the program at ${hex(address)}.`);
  } else if (line.reset && !restarted && !moved) {
    await targetOf(task).reset(jobOptions);
    report.say("The chip was told to reset.");
  }
}
