/**
 * -j and -k. The chip restarts and is asked again, because an acknowledge is no proof; where it does not come back to its bootloader
 * (BOOT0 is low by then, for instance) that is said and no failure: scripts that worked with 0.7 do so on such boards.
 */
import { BootlaceError } from "../../errors.js";
import { meetAgain } from "./open-chip.js";
import type { Task } from "./task.js";

/** @throws BootlaceError VERIFY_FAILED, and what the commands throw */
export async function setReadout(task: Task, on: boolean): Promise<void> {
  const { session, report } = task;
  const { loader, quirks } = session;
  const confirmed = on ? await loader.readoutProtect().then(() => true) : await loader.readoutUnprotect();
  const is = await isProtected(task);
  if (is === undefined && !confirmed)
    throw new BootlaceError(
      "NO_REPLY",
      "the chip neither confirmed the command nor came back to its bootloader",
    );
  if (is === undefined)
    report.warn("the chip did not come back to its bootloader: its protection was not looked at");
  else if (is !== on && !quirks.readoutUnprotectNeedsPowerCycle) throw notDone(on);
  report.say(
    on
      ? "Readout protection is set."
      : `Readout protection is lifted, the flash is erased${powerCycle(quirks)}.`,
  );
}

const powerCycle = (quirks: { readonly readoutUnprotectNeedsPowerCycle: boolean }): string =>
  quirks.readoutUnprotectNeedsPowerCycle ? "; this chip takes notice of it at its next power-on" : "";

/** undefined: it does not come back, or gives another answer. */
async function isProtected({ port, session }: Task): Promise<boolean | undefined> {
  try {
    await meetAgain(port);
    await session.loader.readMemory(session.geometry.base, 4);
    return false;
  } catch (error) {
    if (!(error instanceof BootlaceError)) throw error;
    return error.code === "PROTECTED" ? true : undefined;
  }
}

const notDone = (on: boolean): BootlaceError =>
  new BootlaceError(
    "VERIFY_FAILED",
    on
      ? "the chip acknowledged Readout Protect and can still be read"
      : "the chip acknowledged Readout Unprotect and is still protected",
    { hint: "Switch its power off and on, and run the same command again." },
  );
