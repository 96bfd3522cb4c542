/** Reading memory once. Read Memory has no checksum of its data (AN4221, AN3155): read-confirmed.ts is for what matters. */
import { concat } from "../../bytes.js";
import { chunks } from "../../protocol/chunks.js";
import type { Phase } from "../events.js";
import type { JobRun } from "../run/job-run.js";
import { Pace } from "../run/pace.js";
import { Attempts } from "../run/retry.js";
import { monotonicMs } from "../../monotonic.js";
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
