/** Before the first byte of a write: says, refuses or cures what would make it the last one. */
import { BootlaceError } from "../../errors.js";
import type { MemoryImage } from "../../image/image.js";
import type { WriteOptions } from "../job.js";
import type { JobRun } from "../run/job-run.js";
import { keepBootloader } from "./keep.js";
import { type Reach, reachOf, reachText } from "./reach.js";

/** For a write that changes the flash. @throws BootlaceError LOCKOUT where there are reset lines: they will be needed again */
export async function sayLockout(run: JobRun, image: MemoryImage, options: WriteOptions): Promise<void> {
  if (!fillsFirstWord(run, image)) return;
  const reach = await reachOf(run.session);
  const text = reachText(reach);
  if (text === undefined) return;
  run.emit({ type: "note", text, doubt: true });
  const refused = reach.kind === "lost" || (reach.kind === "unknown" && reach.likely);
  if (run.session.reenter && refused && !options.allowLockout && !options.dryRun) throw lockout(text, reach);
}

/** Sets the option that lets BOOT0 count, where it does not. @throws BootlaceError NOT_OFFERED where that cannot be done or known */
export async function keepInReach(run: JobRun, dryRun: boolean): Promise<void> {
  const reach = await reachOf(run.session);
  if (reach.kind === "by pin") return;
  if (reach.kind !== "lost" || !reach.curable) throw cannotKeep(run, reach.because);
  if (dryRun) run.note("nBOOT_SEL would be set to 0 first, so that BOOT0 leads to the bootloader");
  else await keepBootloader(run);
}

/** Flash counts as empty while its first word is blank. */
function fillsFirstWord({ session: { geometry } }: JobRun, image: MemoryImage): boolean {
  const parts = image.within(geometry.base, geometry.base + 4);
  return parts.some(({ bytes }) => bytes.some((byte) => byte !== geometry.erasedValue));
}

const lockout = (text: string, reach: Reach): BootlaceError =>
  new BootlaceError("LOCKOUT", text, {
    hint:
      reach.kind === "lost" && reach.curable
        ? undefined
        : "Pass --allow-lockout if this write may be the last one by BOOT0.",
  });

const cannotKeep = ({ session: { chip } }: JobRun, because: string): BootlaceError =>
  new BootlaceError(
    "NOT_OFFERED",
    `the option that keeps the bootloader of ${chip.name} within reach cannot be set here: ${because}`,
    { hint: "Leave --keep-bootloader away; set the option by a debugger." },
  );
