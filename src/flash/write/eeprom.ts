/**
 * The data EEPROM of STM32L0 and L1: words that differ are written, without an erase: the chip erases each word by itself. It is written
 * while the entry page of the program is still blank, so that no program starts with half of its data.
 */
import { BootlaceError, hex } from "../../errors.js";
import type { MemoryImage, Segment } from "../../image/image.js";
import type { Block } from "../../protocol/bootloader.js";
import { putBlock } from "../chip/put-block.js";
import { mismatches } from "../look/check.js";
import { readConfirmed } from "../look/read-confirmed.js";
import type { JobRun } from "../run/job-run.js";

const WORD_BYTES = 4;

/** A word takes up to 7 ms (datasheets of L0 and L1, tprog), a command waits a second. */
const BLOCK_BYTES = 64;

const MOST_ROUNDS = 3;

export interface EepromPlan {
  /** What the EEPROM shall hold. */
  readonly wanted: readonly Segment[];
  /** Whole words that differ, cut for single commands. */
  readonly blocks: readonly Block[];
  /** Of the blocks together. */
  readonly bytes: number;
}

/** @param full write also what is there already */
export async function planEeprom(
  run: JobRun,
  { segments: wanted }: MemoryImage,
  full: boolean,
): Promise<EepromPlan> {
  const blocks: Block[] = [];
  for (const segment of wanted) {
    const start = segment.address - (segment.address % WORD_BYTES);
    const end = Math.ceil((segment.address + segment.bytes.length) / WORD_BYTES) * WORD_BYTES;
    const held = await readConfirmed(run, "compare", { address: start, length: end - start });
    const target = Uint8Array.from(held);
    target.set(segment.bytes, segment.address - start);
    blocks.push(...differing(start, { held, target, full }));
  }
  return { wanted, blocks, bytes: blocks.reduce((sum, { bytes }) => sum + bytes.length, 0) };
}

interface Contents {
  readonly held: Uint8Array;
  readonly target: Uint8Array;
  readonly full: boolean;
}

function differing(start: number, { held, target, full }: Contents): Block[] {
  const blocks: Block[] = [];
  const differs = (at: number): boolean =>
    full || target.subarray(at, at + WORD_BYTES).some((byte, index) => byte !== held[at + index]);
  for (let at = 0; at < target.length;) {
    let end = at;
    while (end < target.length && end - at < BLOCK_BYTES && differs(end)) end += WORD_BYTES;
    if (end > at) blocks.push({ address: start + at, bytes: target.subarray(at, end) });
    at = Math.max(end, at + WORD_BYTES);
  }
  return blocks;
}

/** Writes and verifies. @throws BootlaceError VERIFY_FAILED */
export async function writeEeprom(run: JobRun, { wanted, blocks, bytes }: EepromPlan): Promise<void> {
  if (blocks.length === 0) return;
  for (let round = 1; ; round++) {
    await run.phase("write", { total: bytes }, async (progress) => {
      let done = 0;
      for (const block of blocks) {
        await putBlock(run, "write", block, "again");
        progress((done += block.bytes.length));
      }
    });
    const [wrong] = await mismatches(run, "verify", wanted);
    if (!wrong) return;
    if (round === MOST_ROUNDS)
      throw new BootlaceError(
        "VERIFY_FAILED",
        `the data EEPROM at ${hex(wrong.address)} does not hold what was written`,
        { address: wrong.address },
      );
    run.retried({
      phase: "write",
      address: wrong.address,
      attempt: round,
      reason: "it does not hold what was written",
    });
  }
}
