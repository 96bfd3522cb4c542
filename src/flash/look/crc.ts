/** The ROM's checksum of a span. */
import type { Segment } from "../../image/image.js";
import { stm32Crc } from "../../protocol/crc.js";
import type { Phase } from "../events.js";
import type { JobRun } from "../run/job-run.js";
import { meanwhile } from "../run/meanwhile.js";
import { persist } from "../run/retry.js";
import { type Span, spanOf } from "./span.js";

/** The CRC unit takes whole words of flash. */
export function canChecksum({ session }: JobRun, { address, length }: Span): boolean {
  const { geometry, loader } = session;
  const inFlash = address >= geometry.base && address + length <= geometry.end;
  return loader.canChecksum && inFlash && address % 4 === 0 && length % 4 === 0 && length > 0;
}

/** Only where `canChecksum` says yes. */
export const checksumOf = (run: JobRun, phase: Phase, { address, length }: Span): Promise<number> =>
  persist(run, { phase, address }, () => run.session.loader.checksum(address, length));

export interface Crcs {
  readonly held: number;
  readonly wanted: number;
}

/** The chip's, and beside it, while the chip computes, the host's of what the span should hold. */
export async function crcsOf(run: JobRun, phase: Phase, segment: Segment): Promise<Crcs> {
  const [held, wanted] = await Promise.all([
    checksumOf(run, phase, spanOf(segment)),
    meanwhile(() => stm32Crc(segment.bytes)),
  ]);
  return { held, wanted };
}
