/** Holding the flash against what it shall hold: by the ROM's checksum, one command for a run, else by reading back. */
import { sameBytes } from "../../bytes.js";
import type { Segment } from "../../image/image.js";
import type { Phase } from "../events.js";
import { canChecksum, crcsOf } from "./crc.js";
import type { JobRun } from "../run/job-run.js";
import { readSpan } from "./read.js";

export type CheckedBy = "checksum" | "read back";

/** @returns the parts of `wanted` that the flash does not hold, each inside one segment; by checksum no finer than `grain` bytes */
export async function mismatches(
  run: JobRun,
  phase: Phase,
  wanted: readonly Segment[],
  progress: (bytes: number) => void = () => undefined,
): Promise<Segment[]> {
  const wrong: Segment[] = [];
  let done = 0;
  for (const segment of wanted) {
    wrong.push(...(await mismatchesIn(run, phase, segment, (bytes) => progress(done + bytes))));
    done += segment.bytes.length;
    progress(done);
  }
  return wrong;
}

async function mismatchesIn(
  run: JobRun,
  phase: Phase,
  segment: Segment,
  progress: (bytes: number) => void,
): Promise<Segment[]> {
  const [head, body, tail] = splitAtWords(run, segment);
  const wrong: Segment[] = [];
  for (const part of [head, tail]) if (part) wrong.push(...(await byReading(run, phase, part)));
  if (body) wrong.push(...(await byChecksum(run, phase, body)));
  else if (!head && !tail) wrong.push(...(await byReading(run, phase, segment, progress)));
  return wrong.sort((a, b) => a.address - b.address);
}

/** Whole words for the CRC unit in the middle, a few bytes to be read on both sides; nothing where there is no CRC. */
function splitAtWords(
  run: JobRun,
  { address, bytes }: Segment,
): [Segment | undefined, Segment | undefined, Segment | undefined] {
  const from = Math.ceil(address / 4) * 4;
  const to = Math.floor((address + bytes.length) / 4) * 4;
  if (to <= from || !canChecksum(run, { address: from, length: to - from }))
    return [undefined, undefined, undefined];
  const part = (start: number, end: number): Segment | undefined =>
    end > start ? { address: start, bytes: bytes.subarray(start - address, end - address) } : undefined;
  return [part(address, from), part(from, to), part(to, address + bytes.length)];
}

/** Halving stops here: about what one page has. */
const GRAIN_BYTES = 2048;

async function byChecksum(run: JobRun, phase: Phase, { address, bytes }: Segment): Promise<Segment[]> {
  const { held, wanted } = await crcsOf(run, phase, { address, bytes });
  if (held === wanted) return [];
  if (bytes.length <= GRAIN_BYTES) return [{ address, bytes }];
  const half = (bytes.length >> 1) & ~3;
  const left = await byChecksum(run, phase, { address, bytes: bytes.subarray(0, half) });
  const right = await byChecksum(run, phase, { address: address + half, bytes: bytes.subarray(half) });
  // A checksum that was wrong for the whole and right for both halves was a fault of the link.
  return [...left, ...right];
}

async function byReading(
  run: JobRun,
  phase: Phase,
  { address, bytes }: Segment,
  progress?: (bytes: number) => void,
): Promise<Segment[]> {
  const held = await readSpan(run, phase, { address, length: bytes.length }, progress);
  const wrong: Segment[] = [];
  for (let offset = 0; offset < bytes.length; offset += 256) {
    const want = bytes.subarray(offset, offset + 256);
    if (sameBytes(held.subarray(offset, offset + 256), want)) continue;
    const span = { address: address + offset, length: want.length };
    // A bit may have flipped on the way: only what is wrong twice is wrong.
    const again = await readSpan(run, phase, span);
    if (!sameBytes(again, want)) wrong.push({ address: span.address, bytes: want });
    else run.retried({ phase, address: span.address, attempt: 1, reason: "a second look is right" });
  }
  return wrong;
}
