/** Erasing on request: everything, a bank, or the pages of a range. */
import type { Page, Range } from "../../devices/device.js";
import { pagesTouching } from "../../devices/geometry.js";
import { BootlaceError, hex } from "../../errors.js";
import { rangesText } from "../../image/plausible.js";
import { sizeHint } from "../chip/flash-size.js";
import { checkUsable } from "../chip/usable.js";
import { askNumbers } from "./ask-numbers.js";
import { canMassErase, eraseAndSee, erasePages, massErase, NOT_BLANK } from "./pages.js";
import type { EraseOptions, EraseResult, EraseWhat } from "../job.js";
import { JobRun } from "../run/job-run.js";
import { isBlank } from "../look/blank.js";
import { flashRanges, runsOfPages, spanOfPages } from "../look/span.js";
import type { Session } from "../chip/session.js";

export async function eraseFlash(
  session: Session,
  what: EraseWhat,
  options: EraseOptions,
): Promise<EraseResult> {
  checkUsable(session);
  const pages = pagesOf(session, what, options.erasePartial ?? false);
  const run = new JobRun(session, options);
  return run.conclude(async () => {
    await session.confirm?.();
    let how: EraseResult["how"] = "pages";
    await run.phase("erase", { total: pages.length, unit: "pages" }, async (progress) => {
      how = await eraseWhole(run, what);
      if (how === "pages") await erasePages(run, await askNumbers(run, pages), progress);
    });
    await proveBlank(run, pages);
    const bytes = pages.reduce((sum, { size }) => sum + size, 0);
    return { pages: pages.length, bytes, how, retries: run.retries, elapsedMs: run.elapsedMs };
  });
}

/** One command for all or for a bank, where the chip has it and it does what it says. */
async function eraseWhole(run: JobRun, what: EraseWhat): Promise<"mass" | "bank" | "pages"> {
  const { geometry, quirks, loader } = run.session;
  if (what === "all") return canMassErase(run.session) && (await massErase(run)) ? "mass" : "pages";
  if (!("bank" in what) || quirks.bankEraseBroken || geometry.banks === 1) return "pages";
  const bank = what.bank === 1 ? "bank1" : "bank2";
  try {
    const pages = geometry.pages.filter((page) => page.bank === what.bank);
    await eraseAndSee(run, pages, () => loader.eraseSpecial(bank), { otherWay: true });
    return "bank";
  } catch (error) {
    if (!(error instanceof BootlaceError) || (error.code !== "REFUSED" && error.code !== "NOT_OFFERED"))
      throw error;
    run.note("this chip refuses to erase a bank at once; its pages are erased one after the other");
    return "pages";
  }
}

function pagesOf(session: Session, what: EraseWhat, erasePartial: boolean): readonly Page[] {
  const { geometry } = session;
  if (what === "all") return geometry.pages;
  if (!("bank" in what)) return pagesOfRange(session, what, erasePartial);
  const pages = geometry.pages.filter(({ bank }) => bank === what.bank);
  if (pages.length === 0) throw new BootlaceError("USAGE", `this chip has no bank ${what.bank}`);
  return pages;
}

function pagesOfRange(session: Session, { start, end }: Range, erasePartial: boolean): readonly Page[] {
  const { geometry } = session;
  const inside = flashRanges(geometry).some((range) => start >= range.start && end <= range.end);
  if (!inside || end <= start)
    throw new BootlaceError("IMAGE_OUTSIDE", `${hex(start)} to ${hex(end - 1)} is not inside the flash`, {
      address: start,
      hint:
        sizeHint(session, [{ start, end }]) ?? `The flash lies from ${rangesText(flashRanges(geometry))}.`,
    });
  const pages = pagesTouching(geometry, start, end);
  const [first, last] = [pages[0]!, pages.at(-1)!];
  const exact = first.address === start && last.address + last.size === end;
  if (!exact && !erasePartial)
    throw new BootlaceError(
      "CANNOT_PRESERVE",
      `the range does not begin and end with a ${geometry.unit}: it touches ${hex(first.address)} to ${hex(last.address + last.size - 1)}`,
      {
        address: start,
        hint: "Give whole pages, or pass --erase-partial to erase all that the range touches.",
      },
    );
  return pages;
}

/** An ACK is no proof: write-protected pages are acknowledged too. */
async function proveBlank(run: JobRun, pages: readonly Page[]): Promise<void> {
  const total = pages.reduce((sum, { size }) => sum + size, 0);
  await run.phase("verify", { total }, async (progress) => {
    let done = 0;
    for (const stretch of runsOfPages(pages)) {
      const span = spanOfPages(stretch);
      if (!(await isBlank(run, "verify", span))) await eraseAgain(run, stretch);
      done += span.length;
      progress(done);
    }
  });
}

/** Only the pages that are not blank, once more. */
async function eraseAgain(run: JobRun, stretch: readonly Page[]): Promise<void> {
  for (const page of stretch) {
    if (await isBlank(run, "erase", spanOfPages([page]))) continue;
    run.retried({ phase: "erase", address: page.address, attempt: 1, reason: NOT_BLANK });
    await erasePages(run, await askNumbers(run, [page]));
    if (await isBlank(run, "erase", spanOfPages([page]))) continue;
    throw new BootlaceError(
      "ERASE_FAILED",
      `page ${page.index} at ${hex(page.address)} is not blank after the erase`,
      {
        address: page.address,
      },
    );
  }
}
