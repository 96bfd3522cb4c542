/**
 * Protection: each of these commands ends in a reset of the chip (AN4221 rev 14, section 3; AN3155 rev 20). An ACK is no proof, so the
 * chip is asked again when it has restarted. The protection of single sectors cannot be asked for.
 */
import { BootlaceError } from "../../errors.js";
import { startsBlank } from "../look/blank.js";
import type { ProtectionResult, ProtectWhat } from "../job.js";
import { connectBootloader } from "../../protocol/connect.js";
import { delay } from "../../transport/transport.js";
import type { JobRun } from "../run/job-run.js";
import { RegisterReader } from "./registers.js";
import type { Session } from "./session.js";

export async function protectChip(run: JobRun, what: ProtectWhat): Promise<ProtectionResult> {
  run.checkpoint();
  if ("readout" in what) {
    await setReadout(run, true);
    return { known: "seen", elapsedMs: run.elapsedMs };
  }
  checkSectors(run.session, what.writeSectors);
  await insist(run, () => run.session.loader.writeProtect(what.writeSectors));
  return { known: "acknowledged", elapsedMs: run.elapsedMs };
}

/** Lifting readout protection erases the whole chip. */
export async function unprotectChip(run: JobRun, what: "readout" | "write"): Promise<ProtectionResult> {
  run.checkpoint();
  const { loader, quirks } = run.session;
  if (what === "write") await insist(run, () => loader.writeUnprotect());
  else if (quirks.readoutUnprotectNeedsPowerCycle) {
    await insist(run, () => run.changing("lifting", () => loader.readoutUnprotect()));
    run.note("this chip applies the new protection level at its next power-on only");
  } else {
    await setReadout(run, false);
    return { known: "seen", flash: await flashNow(run), elapsedMs: run.elapsedMs };
  }
  return { known: "acknowledged", elapsedMs: run.elapsedMs };
}

/** A sector of write protection is a page or several: a number that no page has is one of none. The chip checks nothing. */
function checkSectors({ chip, geometry: { pages, unit } }: Session, sectors: readonly number[]): void {
  const missing = sectors.filter((sector) => sector >= pages.length);
  if (pages.length === 0 || missing.length === 0) return;
  throw new BootlaceError(
    "USAGE",
    `there is no sector ${missing.join(", ")}: the flash of ${chip.name} has ${pages.length} ${unit}s`,
    { hint: "Sectors count from 0; the chip's reference manual says which pages each of them covers." },
  );
}

/** Clones keep their flash, and a chip that was not protected erases nothing: it is looked at. */
async function flashNow(run: JobRun): Promise<"blank" | "not blank" | undefined> {
  const { pages } = run.session.geometry;
  if (pages.length === 0) return undefined;
  for (const page of pages) {
    run.checkpoint();
    if (!(await startsBlank(run, "protect", page))) return "not blank";
  }
  return "blank";
}

const MOST_ATTEMPTS = 3;

async function setReadout(run: JobRun, wanted: boolean): Promise<void> {
  const { loader } = run.session;
  for (let attempt = 1; ; attempt++) {
    const command = (): Promise<unknown> => (wanted ? loader.readoutProtect() : loader.readoutUnprotect());
    const failure = await failureOf(() => run.changing(wanted ? "protecting" : "lifting", command));
    const is = await isReadoutProtected(run.session);
    if (is === wanted) return;
    if (is === undefined) throw failure ?? unconfirmed();
    const error = failure ?? notDone(wanted);
    if (attempt === MOST_ATTEMPTS) throw error;
    run.retried({ phase: "protect", attempt, reason: error.message });
  }
}

/** BOOT0 is low by now, for instance. */
const unconfirmed = (): BootlaceError =>
  new BootlaceError(
    "NO_REPLY",
    "the chip did not come back to its bootloader, so that its protection could not be looked at",
    { hint: "Bring it back with BOOT0 high and look with `bootlace info`." },
  );

const notDone = (wanted: boolean): BootlaceError =>
  new BootlaceError(
    "VERIFY_FAILED",
    wanted
      ? "the chip acknowledged Readout Protect and can still be read"
      : "the chip acknowledged Readout Unprotect and is still protected",
    { hint: "Power the chip off and on, look with `bootlace info`, and run the same command again." },
  );

/** Commands that may be given twice: they set what they set, whatever was set before. */
async function insist(run: JobRun, command: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const failure = await failureOf(command);
    if (!failure) return;
    if (attempt === MOST_ATTEMPTS || !(await comesBack(run.session))) throw failure;
    run.retried({ phase: "protect", attempt, reason: failure.message });
  }
}

/** Another try may end differently: the chip or the way to it said no. */
const mayPass = (error: unknown): error is BootlaceError =>
  error instanceof BootlaceError && (error.side === "way" || error.side === "chip");

async function failureOf(command: () => Promise<unknown>): Promise<BootlaceError | undefined> {
  try {
    await command();
    return undefined;
  } catch (error) {
    if (!mayPass(error)) throw error;
    return error;
  }
}

/** @returns undefined where the chip does not come back, or says neither yes nor no */
async function isReadoutProtected(session: Session): Promise<boolean | undefined> {
  if (!(await comesBack(session))) return undefined;
  const reader = new RegisterReader(session.loader);
  await reader.read({ address: session.geometry.base, length: 4 });
  return reader.protected;
}

const COME_BACK_ATTEMPTS = 2;
/** Option bytes are loaded and the bootloader starts: about 100 ms (AN2606 rev 70), longer on some; their rows say so. */
const RESTART_MS = 300;

const restartMs = ({ device }: Session): number =>
  Math.max(RESTART_MS, ...(device?.bootloaders.map(({ startupMs = 0 }) => Math.ceil(startupMs * 1.2)) ?? []));

/** After a command that ends in a reset. @returns whether the bootloader answers again */
export async function comesBack(session: Session): Promise<boolean> {
  const { loader, reenter } = session;
  for (let attempt = 1; attempt <= COME_BACK_ATTEMPTS; attempt++) {
    try {
      await loader.transport.exchange([delay(attempt === 1 ? 1 : restartMs(session))]);
      await (reenter ? reenter() : connectBootloader(loader.transport, loader.identity));
      return true;
    } catch (error) {
      if (!mayPass(error)) throw error;
    }
  }
  return false;
}
