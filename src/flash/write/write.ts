/**
 * The way of a write: check, survey, plan; erase the entry page first; erase and write the rest; verify; write what makes the
 * program startable; verify that; leave. Until the last step the chip starts nothing, and the same write again finishes the job.
 */
import { BootlaceError, hex } from "../../errors.js";
import type { MemoryImage } from "../../image/image.js";
import { blockBytesWithin, cutPages, type PageBlocks } from "./blocks.js";
import { checkUsable } from "../chip/usable.js";
import { checkImage } from "./check-image.js";
import { planEeprom, writeEeprom, type EepromPlan } from "./eeprom.js";
import { partsOf } from "./memories.js";
import { mismatches } from "../look/check.js";
import { startsBlank } from "../look/blank.js";
import { askNumbers, eraseAsked } from "../erase/ask-numbers.js";
import { canMassErase, erasePages, eraseAndCheck, massErase } from "../erase/pages.js";
import { finish, verifyBodies } from "./finish.js";
import type { PlanSummary } from "../events.js";
import type { WriteOptions, WriteResult } from "../job.js";
import { JobRun } from "../run/job-run.js";
import { keepInReach, sayLockout } from "../boot/guard.js";
import { leave } from "../chip/leave.js";
import { startedAgain } from "../chip/started-again.js";
import { meanwhile } from "../run/meanwhile.js";
import { erases, makePlan, MASS_ERASE_FROM_PAGES, type Plan } from "./plan.js";
import { Programmer } from "./program.js";
import type { Session } from "../chip/session.js";
import { restOfFlashBlank, survey } from "./survey.js";

export async function writeImage(
  session: Session,
  image: MemoryImage,
  options: WriteOptions,
): Promise<WriteResult> {
  const run = new JobRun(session, options);
  try {
    return await checkAndWrite(run, image, options);
  } catch (error) {
    const { restart } = session;
    if (!options.startOnFailure || !restart || run.state !== "untouched") throw error;
    throw await startedAgain(error, restart);
  }
}

async function checkAndWrite(run: JobRun, image: MemoryImage, options: WriteOptions): Promise<WriteResult> {
  const { session } = run;
  checkUsable(session);
  const parts = partsOf(session, image, { file: options.file ?? "the image", only: options.only });
  const doubts = checkImage(session, parts.flash, options);
  run.remark(parts.remarks);
  for (const doubt of doubts)
    run.emit({
      type: "note",
      text: `this may not be firmware for ${session.chip.name}: ${doubt}`,
      doubt: true,
    });
  return run.conclude(async () => {
    if (options.keepBootloader) await keepInReach(run, options.dryRun === true);
    const plan = await planWrite(run, parts.flash, options);
    const eeprom = await planEeprom(run, parts.eeprom, options.full === true);
    const { bytes: eepromBytes } = eeprom;
    const summary = parts.eeprom.byteLength > 0 ? { ...plan.summary, eepromBytes } : plan.summary;
    const flashChanges = plan.pages.some(({ action }) => action !== "keep");
    if (flashChanges && !options.keepBootloader) await sayLockout(run, parts.flash, options);
    run.emit({ type: "planned", plan: summary });
    if (options.dryRun) return result(run, summary, { outcome: "planned", verified: false, doubts });
    const work = { image: parts.flash, eeprom, distrustKept: options.assume !== undefined };
    if (flashChanges) await perform(run, plan, work);
    else {
      if (options.assume) await verifyKept(run, parts.flash);
      await writeEeprom(run, eeprom);
    }
    const changes = flashChanges || eeprom.bytes > 0;
    await leave(run, options.leave ?? "stay", parts.flash.segments[0]?.address ?? session.geometry.base);
    return result(run, summary, {
      outcome: changes ? "written" : "already current",
      verified: true,
      doubts,
      leave: options.leave,
    });
  });
}

async function planWrite(run: JobRun, image: MemoryImage, options: WriteOptions): Promise<Plan> {
  const findings = await survey(run, image, options);
  const { geometry } = run.session;
  const massErase = canMassErase(run.session);
  const maybeMass =
    massErase && findings.length < geometry.pages.length && findings.length >= MASS_ERASE_FROM_PAGES;
  const whole = maybeMass && findings.every(({ holding }) => holding === "other");
  const blank =
    whole &&
    (await restOfFlashBlank(
      run,
      findings.map(({ content }) => content),
    ));
  return makePlan({ ...geometry, massErase }, findings, { restOfFlashBlank: blank });
}

interface Work {
  readonly image: MemoryImage;
  readonly eeprom: EepromPlan;
  readonly distrustKept: boolean;
}

async function perform(run: JobRun, plan: Plan, { image, eeprom, distrustKept }: Work): Promise<void> {
  const { geometry, loader } = run.session;
  const { erasedValue, writeAlign } = geometry;
  const cut = {
    blockBytes: blockBytesWithin(loader.writeBytes, writeAlign),
    erasedValue,
    writeAlign,
    imageStart: image.start,
  };
  const [pages] = await Promise.all([meanwhile(() => cutPages(plan.pages, cut)), run.session.confirm?.()]);
  run.eraseState = "begun";
  await erase(run, plan);
  run.state = "unbootable";
  const total = pages.reduce((sum, page) => sum + lengthOf(page), 0);
  run.checkedBy = undefined;
  const programmer = new Programmer(run);
  await run.phase("write", { total }, async (progress) => {
    programmer.onProgress = progress;
    await programmer.writeBodies(pages);
  });
  await verifyBodies(run, plan, { pages, programmer, distrustKept });
  await writeEeprom(run, eeprom);
  const entry = pages.find(({ last }) => last.length > 0);
  if (entry) await finish(run, entry, programmer);
  run.state = "complete";
}

const lengthOf = ({ blocks, last }: PageBlocks): number =>
  [...blocks, ...last].reduce((sum, { bytes }) => sum + bytes.length, 0);

async function erase(run: JobRun, plan: Plan): Promise<void> {
  const pages = plan.pages.filter(({ action }) => erases(action)).map(({ page }) => page);
  if (pages.length === 0) return;
  await run.phase("erase", { total: pages.length, unit: "pages" }, async (progress) => {
    const first = plan.pages[0]!.page;
    if (plan.massErase && (await massErase(run))) {
      if (!(await startsBlank(run, "erase", first))) await eraseAsked(run, first);
      return "mass erase";
    }
    const left = await askNumbers(run, pages);
    if (left.includes(first)) await eraseAndCheck(run, first);
    run.state = "unbootable";
    const others = left.filter((page) => page !== first);
    await erasePages(run, others, (done) => progress(pages.length - others.length + done));
    return undefined;
  });
}

/** `--assume` trusted an old image and nothing seemed to differ: the flash has the last word. */
async function verifyKept(run: JobRun, image: MemoryImage): Promise<void> {
  await run.phase("verify", { total: image.byteLength }, async (progress) => {
    const [wrong] = await mismatches(run, "verify", image.segments, progress);
    if (wrong)
      throw new BootlaceError(
        "VERIFY_FAILED",
        `the flash at ${hex(wrong.address)} does not hold what --assume says`,
        {
          address: wrong.address,
          hint: "Run the write again without --assume.",
        },
      );
  });
}

interface Outcome {
  readonly outcome: WriteResult["outcome"];
  readonly verified: boolean;
  readonly doubts: readonly string[];
  readonly leave?: WriteOptions["leave"] | undefined;
}

function result(
  run: JobRun,
  plan: PlanSummary,
  { outcome, verified, doubts, leave: left }: Outcome,
): WriteResult {
  const written = outcome === "written";
  return {
    outcome,
    plan,
    bytesWritten: written ? plan.writeBytes : 0,
    eepromBytesWritten: written ? (plan.eepromBytes ?? 0) : 0,
    pagesErased: written ? plan.erasePages : 0,
    pagesKept: plan.keepPages,
    verifiedBy: verified ? (run.checkedBy ?? "nothing") : "nothing",
    retries: run.retries,
    doubts,
    left: left === "go" ? "running" : left === "reset" ? "reset" : "bootloader",
    elapsedMs: run.elapsedMs,
  };
}
