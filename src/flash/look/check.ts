/**
 * Holding the flash against what it shall hold: by the ROM's checksum, one command for a run; by a checksum program, all in one go; else by
 * reading back.
 */
import { sameBytes } from "../../bytes.js";
import type { Segment } from "../../image/image.js";
import type { Phase } from "../events.js";
import { stm32Crc } from "../../protocol/crc.js";
import type { Checksummer } from "./checksummer.js";
import { checksummerFor, crcsOf, isInFlash, isWholeWords } from "./crc.js";
import { grainBytes, grainsOf } from "./grains.js";
import type { JobRun } from "../run/job-run.js";
import { readSpan } from "./read.js";
import { readConfirmed } from "./read-confirmed.js";
import { spanOf } from "./span.js";

/** @returns the parts of `wanted` that the flash does not hold, each inside one segment; by checksum no finer than `grain` bytes */
export async function mismatches(
  run: JobRun,
  phase: Phase,
  wanted: readonly Segment[],
  progress: (bytes: number) => void = () => undefined,
): Promise<Segment[]> {
  const [flash, beside] = partition(wanted, (segment) => isInFlash(run, spanOf(segment)));
  const checksummer = checksummerFor(run, bytesIn(flash));
  const rom = checksummer?.together === false ? checksummer : undefined;
  const look: Look = { run, phase, rom, progress };
  const found = checksummer?.together ? await byGrains(run, phase, flash, checksummer) : undefined;
  run.checkedBy ??= found ? checksummer!.by : (rom?.by ?? "read back");
  return found ? [...found, ...(await oneByOne(look, beside))] : oneByOne(look, wanted);
}

const bytesIn = (segments: readonly Segment[]): number =>
  segments.reduce((sum, { bytes: { length } }) => sum + length, 0);

function partition<T>(items: readonly T[], fits: (item: T) => boolean): [T[], T[]] {
  return [items.filter(fits), items.filter((item) => !fits(item))];
}

/** In one question. @returns undefined when it has no answer */
async function byGrains(
  run: JobRun,
  phase: Phase,
  wanted: readonly Segment[],
  checksummer: Checksummer,
): Promise<Segment[] | undefined> {
  const grain = grainBytes(bytesIn(wanted), wanted.length, checksummer.mostSpans);
  const cut = wanted.map((segment) => grainsOf(segment, grain));
  const grains = cut.flatMap((pieces) => pieces.grains);
  const crcs = await checksummer.crcs(phase, grains.map(spanOf));
  if (!crcs) return undefined;
  const wrong = grains.filter((piece, i) => stm32Crc(piece.bytes) !== crcs[i]);
  for (const edge of cut.flatMap(({ edges }) => edges)) wrong.push(...(await byReading(run, phase, edge)));
  return wrong.sort((a, b) => a.address - b.address);
}

interface Look {
  readonly run: JobRun;
  readonly phase: Phase;
  /** Get Checksum, where the ROM has it. */
  readonly rom: Checksummer | undefined;
  readonly progress: (bytes: number) => void;
}

async function oneByOne(look: Look, wanted: readonly Segment[]): Promise<Segment[]> {
  const wrong: Segment[] = [];
  let done = 0;
  for (const segment of wanted) {
    const before = done;
    const progress = (bytes: number): void => look.progress(before + bytes);
    wrong.push(...(await mismatchesIn({ ...look, progress }, segment)));
    done += segment.bytes.length;
    look.progress(done);
  }
  return wrong;
}

async function mismatchesIn({ run, phase, rom, progress }: Look, segment: Segment): Promise<Segment[]> {
  const { grains, edges } = grainsOf(segment, Infinity);
  const [body] = grains;
  if (!rom || !body || !isWholeWords(run, spanOf(body))) return byReading(run, phase, segment, progress);
  const wrong = await byChecksum(run, phase, rom, body);
  for (const edge of edges) wrong.push(...(await byReading(run, phase, edge)));
  return wrong.sort((a, b) => a.address - b.address);
}

/** Halving stops here: about what one page has. */
const GRAIN_BYTES = 2048;

async function byChecksum(
  run: JobRun,
  phase: Phase,
  rom: Checksummer,
  { address, bytes }: Segment,
): Promise<Segment[]> {
  const { held, wanted } = await crcsOf(rom, phase, { address, bytes });
  if (held === wanted) return [];
  if (bytes.length <= GRAIN_BYTES) return [{ address, bytes }];
  const half = (bytes.length >> 1) & ~3;
  const left = await byChecksum(run, phase, rom, { address, bytes: bytes.subarray(0, half) });
  const right = await byChecksum(run, phase, rom, { address: address + half, bytes: bytes.subarray(half) });
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
    const part = held.subarray(offset, offset + 256);
    if (sameBytes(part, want)) continue;
    const span = { address: address + offset, length: want.length };
    // A bit may have flipped on the way: only what reads the same wrong twice is wrong.
    const again = await readSpan(run, phase, span);
    const sure =
      sameBytes(again, want) || sameBytes(again, part) ? again : await readConfirmed(run, phase, span);
    if (sameBytes(sure, want))
      run.retried({ phase, address: span.address, attempt: 1, reason: "a second look is right" });
    else wrong.push({ address: span.address, bytes: want });
  }
  return wrong;
}
