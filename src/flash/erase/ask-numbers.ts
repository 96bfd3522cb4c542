/**
 * Which numbers the pages of bank 2 have, asked of the chip where no document says it: one page that has to be erased anyway, and that is
 * not blank, is erased by each number it may have, until it is blank. That comes before any other erase, so that a chip which
 * counts otherwise keeps everything. A number that is not the right one is passed over by the bootloaders that were seen; a flash
 * controller that ignores its upper bits would take it for the page at the same place in bank 1: what that holds is read before,
 * looked at after each try, and put back.
 */
import { isFilledWith } from "../../bytes.js";
import type { Page } from "../../devices/device.js";
import { BootlaceError, hex } from "../../errors.js";
import type { Segment } from "../../image/image.js";
import { putBlock, splitBlock } from "../chip/put-block.js";
import { isBlank } from "../look/blank.js";
import { mismatches } from "../look/check.js";
import { readConfirmed } from "../look/read-confirmed.js";
import { isReadFault } from "../look/read-damaged.js";
import { spanOfPages } from "../look/span.js";
import type { JobRun } from "../run/job-run.js";
import { eraseAndSee, erasePages, eraseAndCheck } from "./pages.js";

/** An erase that was acknowledged and not done must not rule out the right number. */
const ROUNDS = 2;
const MOST_ERASES = 3;

interface Held extends Segment {
  readonly page: Page;
}

/**
 * @returns the pages that are still to be erased: without the one that was asked with; without all of bank 2 where they are blank
 * @throws BootlaceError ERASE_FAILED when no number erases that page
 */
export async function askNumbers(run: JobRun, pages: readonly Page[]): Promise<readonly Page[]> {
  if (run.session.numbers.open.length === 0) return pages;
  for (const page of pages) {
    if (page.bank === 1 || (await seenBlank(run, page))) continue;
    const held = await heldBy(run, page);
    if (held && isFilledWith(run.session.geometry.erasedValue, held.bytes)) continue;
    await ask(run, page, held);
    return pages.filter((other) => other !== page);
  }
  return pages.filter(({ bank }) => bank === 1);
}

/** One page, whose number may still be open when a job comes to erase it once more. */
export async function eraseAsked(run: JobRun, page: Page): Promise<void> {
  for (const left of await askNumbers(run, [page])) await eraseAndCheck(run, left);
}

async function ask(run: JobRun, witness: Page, held: Held | undefined): Promise<void> {
  const { numbers } = run.session;
  const { eraseState } = run;
  run.eraseState = "asking";
  const twin = await heldBy(run, twinOf(run, witness));
  let candidates = numbers.open;
  for (let round = 1; round <= ROUNDS; round++)
    for (const first of candidates) {
      const number = numbers.of(witness, first);
      if (await erases(run, number, { witness, held })) {
        settle(run, first, witness);
        run.eraseState = eraseState;
        return;
      }
      if (!twin || (await holds(run, twin))) continue;
      await putBack(run, twin, number);
      candidates = candidates.filter((candidate) => candidate !== first);
    }
  throw noneWorks(run, witness);
}

/**
 * Whether a number is that page's. A page that is neither blank nor what it was may have been misread, or its erase was cut short:
 * the same number is given again, so that no other gets the credit for its work.
 */
async function erases(
  run: JobRun,
  number: number,
  { witness, held }: { readonly witness: Page; readonly held: Held | undefined },
): Promise<boolean> {
  for (let attempt = 1; attempt <= MOST_ERASES; attempt++) {
    run.checkpoint();
    await tryNumber(run, witness, number);
    if (await seenBlank(run, witness)) return true;
    if (!held || (await holds(run, held))) return false;
  }
  const { address } = witness;
  throw new BootlaceError("ERASE_FAILED", `the page at ${hex(address)} is neither blank nor what it was`, {
    address,
  });
}

/** A chip that refuses a number has no such page. */
async function tryNumber(run: JobRun, witness: Page, number: number): Promise<void> {
  try {
    await eraseAndSee(run, [witness], () => run.session.loader.erasePageList([number]));
  } catch (error) {
    if (!(error instanceof BootlaceError) || error.code !== "REFUSED") throw error;
  }
}

function settle(run: JobRun, first: number, { address }: Page): void {
  run.session.numbers.settle(first);
  run.note(`this chip numbers the pages of bank 2 from ${first}: asked with the page at ${hex(address)}`);
}

/** The page at the same place in bank 1. */
function twinOf({ session: { geometry } }: JobRun, witness: Page): Page {
  const start = geometry.pages.find(({ bank }) => bank === 2)!.address;
  return geometry.pages.find(({ address }) => address - geometry.base === witness.address - start)!;
}

/** A page that faults when it is read was left half done: it is not blank. */
async function seenBlank(run: JobRun, page: Page): Promise<boolean> {
  return (await unlessFault(run, () => isBlank(run, "erase", spanOfPages([page])))) ?? false;
}

/** undefined: it cannot be read, so nothing is known that could be lost. */
async function heldBy(run: JobRun, page: Page): Promise<Held | undefined> {
  const { address, size } = page;
  const bytes = await unlessFault(run, () => readConfirmed(run, "erase", { address, length: size }));
  return bytes && { page, address, bytes };
}

async function unlessFault<T>(run: JobRun, look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!isReadFault(run, error)) throw error;
    await run.session.loader.resynchronise();
    return undefined;
  }
}

const holds = async (run: JobRun, held: Held): Promise<boolean> =>
  (await mismatches(run, "erase", [held])).length === 0;

async function putBack(run: JobRun, held: Held, number: number): Promise<void> {
  const { page, address } = held;
  const { state } = run;
  run.state = "putting back";
  run.note(`number ${number} erased the page at ${hex(address)}: what it held is put back`);
  for (let round = 1; round <= ROUNDS; round++) {
    await erasePages(run, [page]);
    if (!(await written(run, held)) || !(await holds(run, held))) continue;
    run.state = state;
    return;
  }
  throw new BootlaceError("VERIFY_FAILED", `the page at ${hex(address)} could not be put back`, { address });
}

/** From its end, so that the vectors of a program come last. @returns false where a block is half stored: its page has to be erased again */
async function written(run: JobRun, held: Held): Promise<boolean> {
  const { loader, geometry } = run.session;
  const blocks = splitBlock(held, loader.writeBytes).filter(
    ({ bytes }) => !isFilledWith(geometry.erasedValue, bytes),
  );
  try {
    for (const block of blocks.reverse()) await putBlock(run, "write", block, "look");
    return true;
  } catch (error) {
    if (error instanceof BootlaceError && error.code === "VERIFY_FAILED") return false;
    throw error;
  }
}

/** Only where nothing else was done before: what is said of the flash was looked at. */
const HELD =
  "that page, and the one at the same place in bank 1, hold what they held; nothing was written, and the chip is still in its bootloader";

function noneWorks(run: JobRun, { address }: Page): BootlaceError {
  const { numbers, geometry } = run.session;
  const tried = numbers.open.join(" or ");
  return new BootlaceError(
    "ERASE_FAILED",
    `the page at ${hex(address)}, the first that is needed in bank 2, was not erased with bank 2 numbered from ${tried}`,
    {
      address,
      chipState: run.state === "asking" || run.state === "untouched" ? HELD : undefined,
      hint: geometry.massErase
        ? "The page may be write-protected (`bootlace unprotect write`). If this chip counts otherwise: `bootlace erase --all` needs no numbers; then write again."
        : "The page may be write-protected (`bootlace unprotect write`), or this chip counts otherwise.",
    },
  );
}
