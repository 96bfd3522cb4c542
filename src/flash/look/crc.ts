/** The ROM's checksum of a span. */
import { concat, sameBytes } from "../../bytes.js";
import { BootlaceError } from "../../errors.js";
import type { Segment } from "../../image/image.js";
import { chunks } from "../../protocol/bootloader.js";
import { READ_MEMORY } from "../../protocol/commands.js";
import { surely } from "../../protocol/patiently.js";
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

/** Only where `canChecksum` says yes. A chip that lists the command and refuses it, but can be read, is read from then on. */
export async function checksumOf(run: JobRun, phase: Phase, span: Span): Promise<number> {
  const { loader } = run.session;
  const { address, length } = span;
  try {
    return await persist(run, { phase, address }, () => loader.checksum(address, length));
  } catch (error) {
    if (!(error instanceof BootlaceError) || error.code !== "PROTECTED") throw error;
    const crc = await crcByReading(run, phase, span); // a chip that is protected refuses this too
    loader.doWithoutChecksum();
    run.note("the bootloader lists Get Checksum and refuses it; the flash is read instead");
    return crc;
  }
}

/** In pieces, so that a stop request is answered soon; each until it reads the same twice, because data have no checksum on the way. */
const PIECE_BYTES = 4096;

async function crcByReading(run: JobRun, phase: Phase, { address, length }: Span): Promise<number> {
  const { loader } = run.session;
  const pieces: Uint8Array[] = [];
  for (const piece of chunks(address, length, PIECE_BYTES)) {
    const ask = (): Promise<Uint8Array> =>
      persist(run, { phase, address: piece.address }, () => loader.readMemory(piece.address, piece.length));
    pieces.push(await surely(READ_MEMORY.name, ask, sameBytes));
  }
  return stm32Crc(concat(pieces));
}

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
