/** Is it blank? By a checksum, one question whatever the length, else by reading. */
import { isFilledWith } from "../../bytes.js";
import type { Page } from "../../devices/device.js";
import { stm32CrcOfFill } from "../../protocol/crc.js";
import type { Phase } from "../events.js";
import type { JobRun } from "../run/job-run.js";
import { asksPages, checksumOf } from "./crc.js";
import { readSpan } from "./read.js";
import { type Span, spanOfPages } from "./span.js";

/** Whether all of `span` is as an erase leaves it. */
export async function isBlank(run: JobRun, phase: Phase, span: Span): Promise<boolean> {
  const { erasedValue } = run.session.geometry;
  const crc = await checksumOf(run, phase, span);
  if (crc !== undefined) return crc === stm32CrcOfFill(erasedValue, span.length);
  return isFilledWith(erasedValue, await readSpan(run, phase, span));
}

/** Of a page that is proven blank by reading: the initial stack pointer and the first vectors. */
const PROOF_BYTES = 64;

/** All of the page where one checksum tells it, else its start: a program needs that. */
export function startsBlank(run: JobRun, phase: Phase, page: Page): Promise<boolean> {
  const whole = spanOfPages([page]);
  const start = { address: page.address, length: Math.min(PROOF_BYTES, page.size) };
  return isBlank(run, phase, asksPages(run) ? whole : start);
}
