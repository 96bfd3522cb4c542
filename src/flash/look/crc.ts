/** Checksums of parts of the flash, asked of whoever can tell them on this chip: checksummer.ts. */
import type { Segment } from "../../image/image.js";
import { stm32Crc } from "../../protocol/crc.js";
import type { Phase } from "../events.js";
import type { JobRun } from "../run/job-run.js";
import { meanwhile } from "../run/meanwhile.js";
import type { Checksummer } from "./checksummer.js";
import { CrcProgram } from "./crc-program.js";
import { RomChecksum } from "./rom-checksum.js";
import { flashRanges, type Span, spanOf } from "./span.js";

/** Of one bank or the other, where nothing is between them. */
export function isInFlash({ session }: JobRun, { address, length }: Span): boolean {
  return flashRanges(session.geometry).some(({ start, end }) => address >= start && address + length <= end);
}

/** The CRC unit takes whole words of flash. */
export const isWholeWords = (run: JobRun, span: Span): boolean =>
  isInFlash(run, span) && span.address % 4 === 0 && span.length % 4 === 0 && span.length > 0;

/** Who tells checksums of this chip's flash. */
export function checksummerOf(run: JobRun): Checksummer | undefined {
  const { checksums } = run.session;
  if (!checksums) return undefined;
  return checksums.kind === "rom" ? new RomChecksum(run, checksums) : new CrcProgram(run, checksums);
}

/** Who tells checksums of `bytes` bytes in all better than reading them does. */
export function checksummerFor(run: JobRun, bytes: number): Checksummer | undefined {
  const checksummer = checksummerOf(run);
  return checksummer?.worth(bytes) ? checksummer : undefined;
}

/** Who tells the checksum of a page for less than a look at a few of its bytes costs: the ROM. */
export const asksPages = ({ session: { checksums } }: JobRun): boolean =>
  checksums?.kind === "rom" && !checksums.refused;

/** @returns undefined where it must be read */
export async function checksumOf(run: JobRun, phase: Phase, span: Span): Promise<number | undefined> {
  if (!isWholeWords(run, span)) return undefined;
  const crcs = await checksummerFor(run, span.length)?.crcs(phase, [span]);
  return crcs?.[0];
}

export interface Crcs {
  readonly held: number;
  readonly wanted: number;
}

/** The ROM's, and beside it, while the chip computes, the host's of what the span should hold. */
export async function crcsOf(rom: Checksummer, phase: Phase, segment: Segment): Promise<Crcs> {
  const [held, wanted] = await Promise.all([
    rom.crcs(phase, [spanOf(segment)]),
    meanwhile(() => stm32Crc(segment.bytes)),
  ]);
  return { held: held![0]!, wanted };
}
