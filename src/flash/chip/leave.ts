/** The end of a job: what becomes of the chip. */
import { isFilledWith } from "../../bytes.js";
import { BootlaceError, hex } from "../../errors.js";
import { READ_MEMORY } from "../../protocol/commands.js";
import type { WriteOptions } from "../job.js";
import type { JobRun } from "../run/job-run.js";
import { resetChip } from "./reset.js";
import { readConfirmed } from "../look/read-confirmed.js";
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
  await refuseNoProgram(run, address);
  await persist(run, { phase: "leave", address }, () => run.leaving(() => loader.go(address)));
}

/** Stack pointer and reset vector. */
const VECTOR_BYTES = 8;

/**
 * A chip that starts nothing acknowledges Go all the same. A reset vector without its lowest bit is no Thumb code, and a Cortex-M knows
 * no other (PM0223, "Vector table": bit 0 of each vector must be 1): that starts nothing. What cannot be read is not refused.
 */
async function refuseNoProgram(run: JobRun, address: number): Promise<void> {
  const first = await vectorsAt(run, address, readSpan);
  if (!first || couldStart(first)) return;
  const vectors = await vectorsAt(run, address, readConfirmed); // a byte may have arrived wrong
  if (!vectors || couldStart(vectors)) return;
  const blank = isFilledWith(run.session.geometry.erasedValue, vectors);
  const why = blank
    ? "its first words are blank"
    : `its second word, ${hex(resetVectorOf(vectors))}, is no reset vector`;
  throw new BootlaceError("NO_PROGRAM", `there is no program at ${hex(address)}: ${why}`, { address });
}

const resetVectorOf = (vectors: Uint8Array): number =>
  new DataView(vectors.buffer, vectors.byteOffset).getUint32(4, true);

function couldStart(vectors: Uint8Array): boolean {
  const resetVector = resetVectorOf(vectors);
  return resetVector % 2 === 1 && resetVector !== 0xffff_ffff;
}

/** @returns undefined where the chip cannot or does not want to say */
async function vectorsAt(
  run: JobRun,
  address: number,
  read: typeof readSpan | typeof readConfirmed,
): Promise<Uint8Array | undefined> {
  const { geometry, loader } = run.session;
  if (!loader.offers(READ_MEMORY)) return undefined;
  try {
    return await read(run, "leave", { address, length: VECTOR_BYTES });
  } catch (error) {
    const inFlash = address >= geometry.base && address + VECTOR_BYTES <= geometry.end;
    if (!inFlash && error instanceof BootlaceError && error.code === "REFUSED") return undefined;
    throw error;
  }
}
