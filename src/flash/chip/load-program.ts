/** A program into the chip's RAM, a look whether it is there, and Go. */
import { sameBytes } from "../../bytes.js";
import { BootlaceError, hex } from "../../errors.js";
import type { Segment } from "../../image/image.js";
import type { Phase } from "../events.js";
import type { JobRun } from "../run/job-run.js";
import { Attempts, persist } from "../run/retry.js";
import { putBlock, splitBlock } from "./put-block.js";

/** A multiple of what any family writes at once. */
const BLOCK_BYTES = 16;
/** A bit may flip on the way there or on the way back. */
const MOST_ATTEMPTS = 3;

/**
 * No Go without a look: what brings a chip back after a failed one may be its reset, and a ROM that starts may overwrite RAM.
 * @throws BootlaceError RESET_FAILED, REFUSED, ...
 */
export async function startInRam(
  run: JobRun,
  phase: Phase,
  program: Segment,
  go: () => Promise<void>,
): Promise<void> {
  const attempts = new Attempts(run, { phase, address: program.address });
  for (;;) {
    await loadProgram(run, phase, program);
    try {
      await go();
      return;
    } catch (error) {
      await attempts.failed(error);
    }
  }
}

async function loadProgram(run: JobRun, phase: Phase, { address, bytes }: Segment): Promise<void> {
  const padded = new Uint8Array(Math.ceil(bytes.length / BLOCK_BYTES) * BLOCK_BYTES);
  padded.set(bytes);
  for (let attempt = 1; ; attempt++) {
    for (const block of splitBlock({ address, bytes: padded }, run.session.loader.writeBytes))
      await putBlock(run, phase, block, "again");
    const held = await persist(run, { phase, address }, () =>
      run.session.loader.readMemory(address, padded.length),
    );
    if (sameBytes(held, padded)) return;
    const reason = `the RAM at ${hex(address)} does not hold the program that was written to it`;
    if (attempt === MOST_ATTEMPTS) throw new BootlaceError("RESET_FAILED", reason, { address });
    run.retried({ phase, address, attempt, reason });
  }
}
