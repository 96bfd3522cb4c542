/** Reading memory. Read Memory has no checksum of its data (AN4221, AN3155): what matters is confirmed by a checksum or by a second reading. */
import { concat, sameBytes } from "../../bytes.js";
import { BootlaceError, hex } from "../../errors.js";
import { chunks } from "../../protocol/chunks.js";
import { stm32Crc } from "../../protocol/crc.js";
import type { Phase } from "../events.js";
import type { JobRun } from "../run/job-run.js";
import { Pace } from "../run/pace.js";
import { Attempts } from "../run/retry.js";
import { monotonicMs } from "../../monotonic.js";
import { checksumOf } from "./crc.js";
import type { Span } from "./span.js";

/** Reads once. `progress` is told the bytes done. */
export async function readSpan(
  run: JobRun,
  phase: Phase,
  span: Span,
  progress?: (done: number) => void,
): Promise<Uint8Array> {
  const { loader } = run.session;
  const parts: Uint8Array[] = [];
  const pace = new Pace();
  const attempts = new Attempts(run, { phase, address: span.address });
  let single = false;
  for (let done = 0; done < span.length;) {
    run.checkpoint();
    const most = single ? 1 : pace.commands;
    const list = chunks(span.address + done, span.length - done, loader.readBytes).slice(0, most);
    const startedAt = monotonicMs();
    try {
      const bytes = await loader.readMany(list);
      parts.push(...bytes);
      done += list.reduce((sum, { length }) => sum + length, 0);
      pace.took(list.length, monotonicMs() - startedAt);
      attempts.progressed();
    } catch (error) {
      await attempts.failed(error);
      single = true; // what came of the list was not handed out: from here on each command shows by itself whether it works
    }
    progress?.(done);
  }
  return concat(parts);
}

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
