/** Protection: each of these commands ends in a reset of the chip (AN4221 rev 14, section 3; AN3155 rev 20). */
import type { JobRun } from "./job-run.js";

export async function protectChip(
  run: JobRun,
  what: { readonly readout: true } | { readonly writeSectors: readonly number[] },
): Promise<void> {
  run.checkpoint();
  const { loader } = run.session;
  if ("readout" in what) await loader.readoutProtect();
  else await loader.writeProtect(what.writeSectors);
  run.note("the chip restarts now; connect again to see the protection at work");
}

/** Lifting readout protection erases the whole chip. */
export async function unprotectChip(run: JobRun, what: "readout" | "write"): Promise<void> {
  run.checkpoint();
  const { loader, quirks } = run.session;
  if (what === "write") await loader.writeUnprotect();
  else if (!(await loader.readoutUnprotect())) run.note("the chip restarted before it confirmed the erase");
  if (what === "readout" && quirks.readoutUnprotectNeedsPowerCycle)
    run.note("this chip applies the new protection level at its next power-on only");
  else run.note("the chip restarts now; connect again to see the protection lifted");
}
