/**
 * One block into the chip's memory as it is, nothing erased before. The law of write/program.ts holds: a block whose data may have been
 * stored is never sent again over itself unseen.
 */
import { isFilledWith, sameBytes } from "../../bytes.js";
import { BootlaceError, hex } from "../../errors.js";
import type { Segment } from "../../image/image.js";
import type { Block } from "../../protocol/bootloader.js";
import { CommandFailure } from "../../protocol/link.js";
import type { Phase } from "../events.js";
import { readSpan } from "../look/read.js";
import { spanOf } from "../look/span.js";
import type { JobRun } from "../run/job-run.js";
import { Attempts } from "../run/retry.js";

/**
 * What becomes of a block whose end was not seen. "again": RAM and data EEPROM may be written over themselves. "look": flash; it is sent
 * again where it is still blank. "once": option bytes, because the chip may be on its way through a reset.
 */
export type AfterDoubt = "again" | "look" | "once";

/** In several commands where the adapter takes only shorter ones. @throws BootlaceError VERIFY_FAILED, REFUSED, ... */
export async function putBlock(run: JobRun, phase: Phase, block: Block, doubt: AfterDoubt): Promise<void> {
  const { loader } = run.session;
  const attempts = new Attempts(run, { phase, address: block.address });
  for (;;) {
    run.checkpoint();
    try {
      for (const part of splitBlock(block, loader.writeBytes)) {
        await loader.writeMany([part]);
        if (doubt === "again") await loader.settle(); // a word of EEPROM takes longer than what is waited for flash
      }
      return;
    } catch (failure) {
      const wasWhole = block.bytes.length <= loader.writeBytes;
      const untouched = wasWhole && failure instanceof CommandFailure && cannotBeStored(failure.cause);
      if (doubt === "once" && !untouched) throw failure instanceof CommandFailure ? failure.cause : failure;
      await attempts.failed(failure);
      if (doubt === "look" && !untouched && (await isStored(run, phase, block))) return;
    }
  }
}

/** Of a block whose Write Memory failed. A message that the adapter refuses for its length never reaches the bus. */
export const cannotBeStored = ({ code, context }: BootlaceError): boolean =>
  context.stage === "command" || context.stage === "address" || code === "ADAPTER_LIMIT";

/** @param most data bytes of one command */
export function splitBlock({ address, bytes }: Block, most: number): Block[] {
  if (bytes.length <= most) return [{ address, bytes }];
  const blocks: Block[] = [];
  for (let at = 0; at < bytes.length; at += most)
    blocks.push({ address: address + at, bytes: bytes.subarray(at, at + most) });
  return blocks;
}

/** @throws BootlaceError VERIFY_FAILED where another write would go over a part of this one */
async function isStored(run: JobRun, phase: Phase, block: Block): Promise<boolean> {
  const held = await readSpan(run, phase, spanOf(block));
  if (sameBytes(held, block.bytes)) return true;
  if (isFilledWith(run.session.geometry.erasedValue, held)) return false;
  throw differs(block, held);
}

/** VERIFY_FAILED naming the first byte of `held` that is not what was written. */
export function differs({ address, bytes }: Segment, held: Uint8Array): BootlaceError {
  const at = held.findIndex((byte, index) => byte !== bytes[index]);
  const text = `${hex(address + at)} holds ${hex(held[at]!, 2)} where ${hex(bytes[at]!, 2)} was written`;
  const hint = "Flash that is not erased, or protected, does not take what is written to it.";
  return new BootlaceError("VERIFY_FAILED", text, { address: address + at, hint });
}
