/** The checksum of a range for its own sake; and whether what the chip tells of it is true, for chips that nobody has seen tell it. */
import { sameBytes } from "../../bytes.js";
import type { Range } from "../../devices/device.js";
import { BootlaceError } from "../../errors.js";
import { monotonicMs } from "../../monotonic.js";
import { untilTwiceTheSame } from "../../protocol/ask-again.js";
import { chunks } from "../../protocol/chunks.js";
import { READ_MEMORY } from "../../protocol/commands.js";
import { stm32Crc } from "../../protocol/crc.js";
import type { ChecksumResult } from "../job.js";
import type { JobRun } from "../run/job-run.js";
import type { Checksummer } from "./checksummer.js";
import { checksummerFor, checksummerOf, checksumOf, isInFlash } from "./crc.js";
import { grainBytes } from "./grains.js";
import { readSpan } from "./read.js";
import { readConfirmed } from "./read-confirmed.js";
import type { Span } from "./span.js";

export async function checksumOfRange(run: JobRun, span: Span): Promise<ChecksumResult> {
  const checksummer = checksummerFor(run, span.length); // who refuses meanwhile is worth nothing afterwards, and has read
  const crc = await checksumOf(run, "read", span);
  if (crc !== undefined) return { crc, by: checksummer?.by ?? "read back" };
  return { crc: stm32Crc(await readConfirmed(run, "read", span)), by: "read back" };
}

/**
 * Asks for the checksum of each piece of about 2 KiB, whatever time it saves, then reads everything once and compares.
 * @throws BootlaceError NOT_OFFERED where nobody tells checksums of this range
 */
export async function proveChecksums(run: JobRun, span: Span): Promise<ChecksumResult> {
  const checksummer = offered(run, span);
  const pieces = chunks(span.address, span.length, grainBytes(span.length, 1, checksummer.mostSpans));
  const startMs = monotonicMs();
  const crcs = await checksummer.crcs("compare", pieces);
  const toldMs = monotonicMs() - startMs;
  const held = await readAll(run, span);
  const readMs = monotonicMs() - startMs - toldMs;
  const differences = crcs && (await differing(run, pieces, crcs, held));
  const agrees = differences?.length === 0;
  const { by } = checksummer;
  return {
    crc: stm32Crc(held),
    by: agrees ? by : "read back",
    proof: { asked: by, agrees, pieces: pieces.length, differences, toldMs, readMs },
  };
}

function offered(run: JobRun, span: Span): Checksummer {
  const checksummer = checksummerOf(run);
  if (!checksummer || checksummer.by === "read back")
    throw new BootlaceError(
      "NOT_OFFERED",
      "the ROM of this chip tells no checksums, and no program in its RAM was asked for",
      {
        hint: "Give --crc-program.",
      },
    );
  if (!isInFlash(run, span))
    throw new BootlaceError(
      "NOT_OFFERED",
      "checksums are told of the flash only, and the range is not in it",
    );
  return checksummer;
}

async function readAll(run: JobRun, span: Span): Promise<Uint8Array> {
  let held = new Uint8Array(0);
  await run.phase("read", { total: span.length }, async (progress) => {
    held = Uint8Array.from(await readSpan(run, "read", span, progress));
  });
  return held;
}

/** A bit may flip on the way: a piece that differs is read until it reads the same twice. */
async function differing(
  run: JobRun,
  pieces: readonly Span[],
  crcs: readonly number[],
  held: Uint8Array,
): Promise<Range[]> {
  const differences: Range[] = [];
  const base = pieces[0]!.address;
  for (const [i, piece] of pieces.entries()) {
    const { address, length } = piece;
    const at = address - base;
    if (stm32Crc(held.subarray(at, at + length)) === crcs[i]) continue;
    const again = await readTwiceTheSame(run, piece);
    held.set(again, at);
    if (stm32Crc(again) !== crcs[i]) differences.push({ start: address, end: address + length });
  }
  return differences;
}

const readTwiceTheSame = (run: JobRun, piece: Span): Promise<Uint8Array> =>
  untilTwiceTheSame(READ_MEMORY.name, () => readSpan(run, "read", piece), sameBytes);
