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
  const now = await lookAgain(task);
  if (now === undefined && !confirmed)
    throw new BootlaceError(
      "NO_REPLY",
      "the chip neither confirmed the command nor came back to its bootloader",
    );
  const later = quirks.readoutUnprotectNeedsPowerCycle;
  if (now === undefined)
    report.warn("the chip did not come back to its bootloader: its protection was not looked at");
  else if ((now === "protected") !== on && !later) throw notDone(on);
  report.say(verdict(on, later ? undefined : now, later));
}

type Now = "protected" | "blank" | "not blank";

/** What was looked at, or what the chip was told. */
function verdict(on: boolean, now: Now | undefined, later: boolean): string {
  const told = `The chip was told to ${on ? "set" : "lift"} readout protection`;
  if (later) return `${told}; it takes notice of it at its next power-on.`;
  if (now === undefined) return `${told}${on ? "" : ", which erases the flash"}.`;
  if (on) return "Readout protection is set.";
  const flash = now === "blank" ? "begins blank" : "is not blank: this chip kept it";
  return `Readout protection is lifted, the flash ${flash}.`;
}

/** undefined: it does not come back, or gives another answer. */
async function lookAgain({ session }: Task): Promise<Now | undefined> {
  const { loader, geometry } = session;
  try {
    await meetAgain(session);
    const first = await loader.readMemory(geometry.base, LOOK_BYTES);
    return first.every((byte) => byte === geometry.erasedValue) ? "blank" : "not blank";
  } catch (error) {
    if (!(error instanceof BootlaceError)) throw error;
    return error.code === "PROTECTED" ? "protected" : undefined;
  }
}

/** Stack pointer and first vectors. */
const LOOK_BYTES = 64;

const notDone = (on: boolean): BootlaceError =>
  new BootlaceError(
    "VERIFY_FAILED",
    on
      ? "the chip acknowledged Readout Protect and can still be read"
      : "the chip acknowledged Readout Unprotect and is still protected",
    { hint: "Switch its power off and on, and run the same command again." },
  );
