/**
 * A plain write: bytes into memory as it is, nothing erased before. RAM, OTP, flash that is blank or shall lose bits. The law of
 * program.ts holds: a block whose data may have been stored is looked at first, and never sent again over itself.
 */
import { isFilledWith, sameBytes } from "../../bytes.js";
import { BootlaceError, hex } from "../../errors.js";
import type { MemoryImage, Segment } from "../../image/image.js";
import type { Block } from "../../protocol/bootloader.js";
import { CommandFailure } from "../../protocol/link.js";
import { readSpan } from "../look/read.js";
import { spanOf } from "../look/span.js";
import type { JobRun } from "../run/job-run.js";
import { Attempts } from "../run/retry.js";
import { cannotBeStored, splitBlock } from "./blocks.js";

/**
 * Writes and reads back. The first block goes last: it may be the vector table of a program that must not start before it is whole.
 * @throws BootlaceError VERIFY_FAILED, REFUSED, ...
 */
export async function writePlain(run: JobRun, image: MemoryImage, isRam: boolean): Promise<void> {
  const most = run.session.loader.writeBytes;
  const [first, ...rest] = image.segments.flatMap((segment) => splitBlock(segment, most));
  run.state = "plain";
  await run.phase("write", { total: image.byteLength }, async (progress) => {
    let done = 0;
    for (const block of first ? [...rest, first] : rest) {
      await writeBlock(run, block, isRam);
      progress((done += block.bytes.length));
    }
  });
  await run.phase("verify", { total: image.byteLength }, (progress) =>
    verifyPlain(run, image.segments, progress),
  );
  run.state = "complete";
}

/** @param isRam it may be written over itself */
async function writeBlock(run: JobRun, block: Block, isRam: boolean): Promise<void> {
  const { loader } = run.session;
  const attempts = new Attempts(run, { phase: "write", address: block.address });
  for (;;) {
    run.checkpoint();
    try {
      for (const part of splitBlock(block, loader.writeBytes)) await loader.writeMany([part]);
      return;
    } catch (failure) {
      await attempts.failed(failure);
      const wasWhole = block.bytes.length <= loader.writeBytes;
      const untouched = wasWhole && failure instanceof CommandFailure && cannotBeStored(failure.cause);
      if (!untouched && !isRam && (await isStored(run, block))) return;
    }
  }
}

/** @throws BootlaceError VERIFY_FAILED where another write would go over a part of this one */
async function isStored(run: JobRun, block: Block): Promise<boolean> {
  const held = await readSpan(run, "write", spanOf(block));
  if (sameBytes(held, block.bytes)) return true;
  if (isFilledWith(run.session.geometry.erasedValue, held)) return false;
  throw differs(block, held);
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

function differs({ address, bytes }: Segment, held: Uint8Array): BootlaceError {
  const at = held.findIndex((byte, index) => byte !== bytes[index]);
  const text = `${hex(address + at)} holds ${hex(held[at]!, 2)} where ${hex(bytes[at]!, 2)} was written`;
  const hint = "Flash that is not erased, or protected, does not take what is written to it.";
  return new BootlaceError("VERIFY_FAILED", text, { address: address + at, hint });
}
