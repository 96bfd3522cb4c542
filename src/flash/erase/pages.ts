/** Erasing pages: as many per command as chip, adapter and a prompt answer to a stop request allow, and proven where it matters. */
import type { Page } from "../../devices/device.js";
import { BootlaceError, hex } from "../../errors.js";
import { ERASE } from "../../protocol/commands.js";
import type { JobRun } from "../run/job-run.js";
import type { Session } from "../chip/session.js";
import { isBlank, startsBlank } from "../look/blank.js";
import { spanOfPages } from "../look/span.js";
import { endNotSeen, persist, type Where } from "../run/retry.js";

/** Flash of any STM32 erases about this much in half a second: more in one command would keep a stop request waiting. */
const MOST_BYTES_AT_ONCE = 64 * 1024;
const MOST_PAGES_AT_ONCE = 32;

/** The first of `pages`, as many as one command may take. */
function nextGroup(run: JobRun, pages: readonly Page[]): readonly Page[] {
  const { loader, quirks } = run.session;
  const legacy = loader.offers(ERASE) ? Infinity : 255;
  const limit = run.adapterGivesUp ? 1 : MOST_PAGES_AT_ONCE;
  const most = Math.min(quirks.erasePagesPerCommand, loader.erasePages, limit, legacy);
  let count = 1;
  for (let bytes = pages[0]!.size; count < Math.min(most, pages.length); count++) {
    bytes += pages[count]!.size;
    if (bytes > MOST_BYTES_AT_ONCE) break;
  }
  return pages.slice(0, count);
}

export async function erasePages(
  run: JobRun,
  pages: readonly Page[],
  progress?: (pages: number) => void,
): Promise<void> {
  for (let done = 0; done < pages.length;) {
    const group = nextGroup(run, pages.slice(done, done + MOST_PAGES_AT_ONCE));
    await eraseAndSee(run, group, () => eraseGroup(run, group));
    done += group.length;
    progress?.(done);
  }
}

/** In more than one command when frames had to become shorter since the group was chosen. */
async function eraseGroup({ session }: JobRun, group: readonly Page[]): Promise<void> {
  const { loader, numbers } = session;
  const most = loader.erasePages;
  for (let at = 0; at < group.length; at += most)
    await loader.erasePageList(group.slice(at, at + most).map((page) => numbers.of(page)));
}

/** Longer than the slowest sector needs (about 4 s for 128 KiB), and what was seen of mass erases: 35 s. */
const PAGE_PATIENCE_MS = 10_000;
const MOST_PATIENCE_MS = 45_000;

/**
 * An adapter that gives up on a held clock before the erase is over (protocol 1.0, and adapters that ignore I2C_TIMEOUT) does so each
 * time, while the chip finishes its work: what came of it is looked at before the command is given again.
 * @throws what `command` throws
 */
export async function eraseAndSee(
  run: JobRun,
  pages: readonly Page[],
  command: () => Promise<void>,
  { otherWay = false }: Pick<Where, "otherWay"> = {},
): Promise<void> {
  const patienceMs = Math.min(pages.length * PAGE_PATIENCE_MS, MOST_PATIENCE_MS);
  const { address } = pages[0]!;
  let lost = false;
  const where = { phase: "erase", address, patienceMs, quietMs: () => run.quietMs, otherWay } as const;
  await persist(run, where, async () => {
    if (lost) {
      if (await allBlank(run, pages)) return;
      run.session.loader.changeErase();
      run.quietMs = Math.max(LEAST_QUIET_MS, Math.min(run.quietMs * 3, MOST_PATIENCE_MS));
    }
    try {
      await run.changing(run.eraseState, command);
    } catch (error) {
      lost = isLostEnd(error);
      if (lost) run.adapterGivesUp = true;
      throw error;
    }
  });
}

/** What is asked of the chip in vain may have cut the erase short: the next time it is left alone for longer. */
const LEAST_QUIET_MS = 1_000;

const isLostEnd = (error: unknown): boolean =>
  error instanceof BootlaceError &&
  endNotSeen(error) &&
  (error.context.stage === "list" || error.context.stage === "count");

/** An erase that the adapter did not see the end of is not believed for a page's first bytes. */
async function allBlank(run: JobRun, pages: readonly Page[]): Promise<boolean> {
  for (const page of pages) if (!(await isBlank(run, "erase", spanOfPages([page])))) return false;
  return true;
}

export const NOT_BLANK = "the page is not blank after the erase";
const MOST_ERASES = 3;

/** Erases one page and looks whether it is blank: an ACK is no proof, protected pages are acknowledged too. @throws BootlaceError ERASE_FAILED */
export async function eraseAndCheck(run: JobRun, page: Page): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await erasePages(run, [page]);
    if (await startsBlank(run, "erase", page)) return;
    if (attempt === MOST_ERASES)
      throw new BootlaceError(
        "ERASE_FAILED",
        `page ${page.index} at ${hex(page.address)} is not blank after ${attempt} erases`,
        {
          address: page.address,
        },
      );
    run.retried({ phase: "erase", address: page.address, attempt, reason: NOT_BLANK });
  }
}

/** Where the chip has a mass erase, it does what it says, and the way to the chip bears how it does it. */
export const canMassErase = ({ geometry, quirks, loader }: Session): boolean =>
  geometry.massErase &&
  !quirks.massEraseBroken &&
  !(quirks.massEraseStretches && loader.transport.traits.dialect === "i2c");

/** Everything at once. A part that refuses it is erased by pages. */
export async function massErase(run: JobRun): Promise<boolean> {
  run.checkpoint();
  try {
    const { geometry, loader } = run.session;
    await eraseAndSee(run, geometry.pages, () => loader.eraseSpecial("mass"), { otherWay: true });
    return true;
  } catch (error) {
    if (!(error instanceof BootlaceError) || error.code !== "REFUSED") throw error;
    run.note("this chip refuses the mass erase; its pages are erased one after the other");
    return false;
  }
}
