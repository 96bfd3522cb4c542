/** Reading what matters: Read Memory has no checksum of its data (AN4221, AN3155). */
import { sameBytes } from "../../bytes.js";
import { BootlaceError, hex } from "../../errors.js";
import { stm32Crc } from "../../protocol/crc.js";
import type { Phase } from "../events.js";
import type { JobRun } from "../run/job-run.js";
import { checksumOf } from "./crc.js";
import { readSpan } from "./read.js";
import type { Span } from "./span.js";

/** Reads, and has it confirmed: by a checksum of the chip's where there is one, else by reading twice. */
export async function readConfirmed(
  run: JobRun,
  phase: Phase,
  span: Span,
  progress?: (done: number) => void,
): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt++) {
    const bytes = await readSpan(run, phase, span, progress);
    if (await confirmed(run, phase, span, bytes)) return bytes;
    if (attempt === 4)
      throw new BootlaceError(
        "BUS_FAILED",
        `reading ${span.length} bytes at ${hex(span.address)} gives other bytes each time`,
        {
          address: span.address,
        },
      );
    const reason = "a second look at what was read differs";
    run.retried({ phase, address: span.address, attempt, reason });
  }
}

async function confirmed(run: JobRun, phase: Phase, span: Span, bytes: Uint8Array): Promise<boolean> {
  const crc = await checksumOf(run, phase, span);
  if (crc !== undefined) return crc === stm32Crc(bytes);
  const again = await readSpan(run, phase, span);
  return sameBytes(bytes, again);
}
