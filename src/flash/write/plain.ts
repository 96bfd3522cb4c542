/** A plain write: an image into memory as it is, nothing erased before. RAM, OTP, flash that is blank or shall lose bits. */
import { sameBytes } from "../../bytes.js";
import type { MemoryImage, Segment } from "../../image/image.js";
import { differs, putBlock, splitBlock } from "../chip/put-block.js";
import { readSpan } from "../look/read.js";
import { spanOf } from "../look/span.js";
import type { JobRun } from "../run/job-run.js";

/**
 * Writes and reads back. The first block goes last: it may be the vector table of a program that must not start before it is whole.
 * @param isRam it may be written over itself
 * @throws BootlaceError VERIFY_FAILED, REFUSED, ...
 */
export async function writePlain(run: JobRun, image: MemoryImage, isRam: boolean): Promise<void> {
  const most = run.session.loader.writeBytes;
  const [first, ...rest] = image.segments.flatMap((segment) => splitBlock(segment, most));
  run.state = "plain";
  await run.phase("write", { total: image.byteLength }, async (progress) => {
    let done = 0;
    for (const block of first ? [...rest, first] : rest) {
      await putBlock(run, "write", block, isRam ? "again" : "look");
      progress((done += block.bytes.length));
    }
  });
  await run.phase("verify", { total: image.byteLength }, (progress) =>
    verifyPlain(run, image.segments, progress),
  );
  run.state = "complete";
}

/** @throws BootlaceError VERIFY_FAILED naming the first byte that is wrong */
export async function verifyPlain(
  run: JobRun,
  segments: readonly Segment[],
  progress?: (done: number) => void,
): Promise<void> {
  for (const segment of segments) {
    const held = await readSpan(run, "verify", spanOf(segment), progress);
    if (!sameBytes(held, segment.bytes)) throw differs(segment, held);
  }
}
