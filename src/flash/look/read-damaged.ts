/**
 * Reading on chips with ECC that fault, and reset themselves, when they read a flash word that an interrupted erase or write left
 * damaged (H7: RM0433 rev 8, section 4.7).
 */
import { sameBytes } from "../../bytes.js";
import { BootlaceError, hex } from "../../errors.js";
import type { Segment } from "../../image/image.js";
import { chunks } from "../../protocol/chunks.js";
import { joined, type Span } from "./span.js";
import type { JobRun } from "../run/job-run.js";

/**
 * Whether reading failed because of what was to be read: the chip reset itself. A refusal is an answer, what is protected is not
 * damaged; and a bus that another controller took says nothing about the chip.
 */
export const isReadFault = ({ session }: JobRun, error: unknown): error is BootlaceError =>
  session.quirks.readMayFault &&
  error instanceof BootlaceError &&
  error.side === "way" &&
  error.code !== "BUS_BUSY";

const CHUNK_BYTES = 256;
/** Words in a row that cannot be read: behind an interrupted erase none can, and each costs a reset of the chip. */
const MOST_IN_A_ROW = 4;

/** The parts of `gap` that can be read; what cannot is nobody's any more, and is given up with a note. */
export async function readDamaged(run: JobRun, gap: Span): Promise<Segment[]> {
  const saved: Segment[] = [];
  const { writeAlign } = run.session.geometry;
  let inARow = 0;
  for (const { address, length } of chunks(gap.address, gap.length, CHUNK_BYTES)) {
    if (inARow >= MOST_IN_A_ROW) break;
    const whole = await readOrFault(run, address, length);
    if (whole) saved.push({ address, bytes: whole });
    else
      for (const word of words(address, length, writeAlign)) {
        const bytes = await readOrFault(run, word.address, word.length);
        if (bytes) saved.push({ address: word.address, bytes });
        inARow = bytes ? 0 : inARow + 1;
        if (inARow >= MOST_IN_A_ROW) break;
      }
  }
  const lost = gap.length - saved.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (lost > 0)
    run.note(`${lost} bytes at ${hex(gap.address)}, beside the image, cannot be read and are given up`);
  return joined(saved);
}

/** As `chunks`, but cut where flash words begin: the first and the last may be shorter. */
function words(address: number, length: number, wordBytes: number): Span[] {
  const head = Math.min(length, (wordBytes - (address % wordBytes)) % wordBytes);
  const rest = chunks(address + head, length - head, wordBytes);
  return head === 0 ? rest : [{ address, length: head }, ...rest];
}

/** It said no. A refusal that comes three times is meant; before, it may be a byte that arrived wrong. */
const isRefusal = (error: unknown): error is BootlaceError =>
  error instanceof BootlaceError && (error.code === "REFUSED" || error.code === "PROTECTED");
const MOST_REFUSALS = 3;

/** Two equal readings, else two faults. @returns undefined for what faults */
async function readOrFault(run: JobRun, address: number, length: number): Promise<Uint8Array | undefined> {
  const { loader } = run.session;
  let last: Uint8Array | undefined;
  let refusals = 0;
  for (let faults = 0; faults < 2;) {
    run.checkpoint();
    try {
      const bytes = await loader.readMemory(address, length);
      if (last && sameBytes(bytes, last)) return bytes;
      last = bytes;
    } catch (error) {
      const refused = isRefusal(error) && ++refusals < MOST_REFUSALS;
      if (!refused && !isReadFault(run, error)) throw error;
      if (!refused) faults++;
      run.retried({ phase: "preserve", address, attempt: faults + refusals, reason: error.message });
      await loader.resynchronise();
    }
  }
  return undefined;
}
