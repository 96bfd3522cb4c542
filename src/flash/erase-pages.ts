/** Erasing pages: as many per command as chip, adapter and a prompt answer to a stop request allow, and proven where it matters. */
import type { Page } from "../devices/device.js";
import { BootlaceError, hex } from "../errors.js";
import { stm32CrcOfFill } from "../protocol/crc.js";
import { ERASE } from "../protocol/commands.js";
import type { JobRun } from "./job-run.js";
import { canChecksum, readSpan } from "./read.js";
import { persist } from "./retry.js";

/** Flash of any STM32 erases about this much in half a second: more in one command would keep a stop request waiting. */
const MOST_BYTES_AT_ONCE = 64 * 1024;
const MOST_PAGES_AT_ONCE = 32;

/** Parts of `pages` that one command may take. */
export function eraseGroups(run: JobRun, pages: readonly Page[]): Page[][] {
  const { loader, quirks } = run.session;
  const legacy = loader.offers(ERASE) ? Infinity : 255;
  const most = Math.max(
    1,
    Math.min(quirks.erasePagesPerCommand, loader.erasePages, MOST_PAGES_AT_ONCE, legacy),
  );
  const groups: Page[][] = [];
  let bytes = 0;
  for (const page of pages) {
    const group = groups.at(-1);
    if (group && group.length < most && bytes + page.size <= MOST_BYTES_AT_ONCE) {
      group.push(page);
      bytes += page.size;
    } else {
      groups.push([page]);
      bytes = page.size;
    }
  }
  return groups;
}

export async function erasePages(
  run: JobRun,
  pages: readonly Page[],
  progress?: (pages: number) => void,
): Promise<void> {
  let done = 0;
  for (const group of eraseGroups(run, pages)) {
    await eraseGroup(run, group);
    progress?.((done += group.length));
  }
}

/**
 * An adapter that gives up on a stretched clock before the erase is over (I2C V1.0, and adapters that ignore I2C_TIMEOUT) does so
 * each time, while the chip finishes its work: what came of it is looked at before the command is given again.
 */
async function eraseGroup(run: JobRun, group: readonly Page[]): Promise<void> {
  let gaveUp = false;
  await persist(run, { phase: "erase", address: group[0]!.address }, async () => {
    if (gaveUp && (await allBlank(run, group))) return;
    try {
      await run.session.loader.erasePageList(group.map(({ index }) => index));
    } catch (error) {
      gaveUp = error instanceof BootlaceError && error.code === "TIMED_OUT";
      throw error;
    }
  });
}

/** Read as a whole: an erase that the adapter did not see the end of is not believed for a page's first bytes. */
async function allBlank(run: JobRun, pages: readonly Page[]): Promise<boolean> {
  for (const { address, size } of pages) {
    const bytes = await readSpan(run, "erase", { address, length: size });
    if (!bytes.every((byte) => byte === run.session.geometry.erasedValue)) return false;
  }
  return true;
}

/** Of a page that is proven blank by reading: the initial stack pointer and the first vectors. */
const PROOF_BYTES = 64;

export async function isBlank(run: JobRun, page: Page): Promise<boolean> {
  const { erasedValue } = run.session.geometry;
  const span = { address: page.address, length: page.size };
  if (canChecksum(run, span)) {
    const crc = await persist(run, { phase: "erase", address: page.address }, () =>
      run.session.loader.checksum(page.address, page.size),
    );
    return crc === stm32CrcOfFill(erasedValue, page.size);
  }
  const head = await readSpan(run, "erase", {
    address: page.address,
    length: Math.min(PROOF_BYTES, page.size),
  });
  return head.every((byte) => byte === erasedValue);
}

const MOST_ERASES = 3;

/** Erases one page and looks whether it is blank: an ACK is no proof, protected pages are acknowledged too. @throws BootlaceError ERASE_FAILED */
export async function eraseSurely(run: JobRun, page: Page): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await erasePages(run, [page]);
    if (await isBlank(run, page)) return;
    if (attempt === MOST_ERASES)
      throw new BootlaceError(
        "ERASE_FAILED",
        `page ${page.index} at ${hex(page.address)} is not blank after ${attempt} erases`,
        {
          address: page.address,
        },
      );
    run.retries++;
    run.emit({
      type: "retry",
      phase: "erase",
      address: page.address,
      attempt,
      reason: "the page is not blank after the erase",
    });
  }
}

/** Everything at once. A part that refuses it is erased by pages. */
export async function massErase(run: JobRun): Promise<boolean> {
  run.checkpoint();
  try {
    await persist(run, { phase: "erase" }, () => run.session.loader.eraseSpecial("mass"));
    return true;
  } catch (error) {
    if (!(error instanceof BootlaceError) || error.code !== "REFUSED") throw error;
    run.note("this chip refuses the mass erase; its pages are erased one after the other");
    return false;
  }
}
