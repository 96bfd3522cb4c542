/** The end of a job: what becomes of the chip. */
import { BootlaceError, hex } from "../../errors.js";
import { READ_MEMORY } from "../../protocol/commands.js";
import type { WriteOptions } from "../job.js";
import type { JobRun } from "../run/job-run.js";
import { resetChip } from "./reset.js";
import { readSpan } from "../look/read.js";
import { persist } from "../run/retry.js";

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
  await refuseBlank(run, address);
  await persist(run, { phase: "leave", address }, () => loader.go(address));
  run.note(`the program at ${hex(address)} was started`);
}

/** Stack pointer and reset vector. */
const VECTOR_BYTES = 8;

/** A chip that starts nothing acknowledges Go all the same. What cannot be read is not refused. */
async function refuseBlank(run: JobRun, address: number): Promise<void> {
  const { geometry, loader } = run.session;
  const inFlash = address >= geometry.base && address + VECTOR_BYTES <= geometry.end;
  if (!inFlash || !loader.offers(READ_MEMORY)) return;
  const vectors = await readSpan(run, "leave", { address, length: VECTOR_BYTES });
  if (vectors.some((byte) => byte !== geometry.erasedValue)) return;
  throw new BootlaceError("NO_PROGRAM", `there is no program at ${hex(address)}: its first words are blank`, {
    address,
  });
}
