/** The end of a job: what becomes of the chip. */
import { BootlaceError, hex } from "../errors.js";
import type { WriteOptions } from "./job.js";
import type { JobRun } from "./job-run.js";
import { resetChip } from "./reset.js";
import { persist } from "./retry.js";

/** @param start address of the vector table to start */
export async function leave(
  run: JobRun,
  how: NonNullable<WriteOptions["leave"]>,
  start: number,
): Promise<void> {
  if (how === "stay") return;
  await run.phase("leave", { total: 0 }, () => (how === "go" ? startProgram(run, start) : resetChip(run)));
}

/** Go: the chip acknowledges and is gone from the bus. */
export async function startProgram(run: JobRun, address: number): Promise<void> {
  const { quirks, loader, chip } = run.session;
  if (quirks.goBroken)
    throw new BootlaceError(
      "NOT_OFFERED",
      `Go does not work with bootloader ${chip.bootloaderVersion ?? "version unknown"} of ${chip.name}`,
      {
        hint: "Reset the chip instead, with --reset or by its NRST line.",
      },
    );
  await persist(run, { phase: "leave", address }, () => loader.go(address));
  run.note(`the program at ${hex(address)} was started`);
}
