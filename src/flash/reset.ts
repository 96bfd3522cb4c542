/** Restarting a chip from its bootloader. */
import { BootlaceError } from "../errors.js";
import type { JobRun } from "./job-run.js";

/** By its reset lines where it has them. @throws BootlaceError RESET_FAILED, NOT_OFFERED */
export async function resetChip({ session }: JobRun): Promise<void> {
  if (session.restart) return session.restart();
  throw new BootlaceError("NOT_OFFERED", `${session.chip.name} cannot be reset without reset lines`);
}
