/**
 * nBOOT_SEL = 0, so that BOOT0 counts: before the firmware, because until the flash holds a program an empty chip comes back to its
 * bootloader whatever goes wrong. Written are the first 8 bytes of the option bytes, a word and its inverse; the words after them keep
 * what was loaded (ST's Open Bootloader). Then the chip loads its options and resets.
 */
import { sameBytes } from "../../bytes.js";
import type { Device, Range } from "../../devices/device.js";
import { bootRowOf, type OptionField } from "../../devices/options/boot.js";
import { BootlaceError, hex } from "../../errors.js";
import { RegisterReader } from "../chip/registers.js";
import { comesBack } from "../chip/protect.js";
import { CommandFailure } from "../../protocol/link.js";
import type { JobRun } from "../run/job-run.js";

const WORD_BYTES = 8;

export async function keepBootloader(run: JobRun): Promise<void> {
  const device = run.session.device!;
  const area = device.optionBytes[0]!;
  const before = await areaOf(run, area);
  const wanted = before.slice();
  wanted.set(pinCounts(device, before));
  run.note("nBOOT_SEL is set to 0, so that BOOT0 leads to the bootloader: keep the power on");
  const write = (): Promise<unknown> =>
    run.session.loader.writeMany([{ address: area.start, bytes: wanted.subarray(0, WORD_BYTES) }]);
  const failure = await failureOf(() => run.changing("options", write));
  if (!(await comesBack(run.session))) throw failure ?? notBack();
  const after = await areaOf(run, area);
  if (!sameBytes(after, wanted)) throw failure ?? notStored(area);
  if (run.state === "options") run.state = "untouched";
}

/** nBOOT_SEL = 0, nBOOT0 = 1, nBOOT1 = 1: what the manuals call the boot by the pin BOOT0. */
function pinCounts(device: Device, before: Uint8Array): Uint8Array {
  const row = bootRowOf(device)!;
  const mask = ({ bit }: OptionField): number => 2 ** bit;
  const view = new DataView(before.buffer, before.byteOffset);
  const value = ((view.getUint32(0, true) | mask(row.nBoot0) | mask(row.nBoot1)) & ~mask(row.selector)) >>> 0;
  const bytes = new Uint8Array(WORD_BYTES);
  const out = new DataView(bytes.buffer);
  out.setUint32(0, value, true);
  out.setUint32(4, ~value >>> 0, true);
  return bytes;
}

async function areaOf(run: JobRun, { start, end }: Range): Promise<Uint8Array> {
  const bytes = await new RegisterReader(run.session.loader).readTwice({
    address: start,
    length: end - start,
  });
  if (bytes) return bytes;
  throw new BootlaceError("REFUSED", `the option bytes at ${hex(start)} cannot be read`, { address: start });
}

/** An ACK may be lost in the reset: what the option bytes hold afterwards decides. */
async function failureOf(command: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await command();
    return undefined;
  } catch (failure) {
    const error = failure instanceof CommandFailure ? failure.cause : failure;
    if (error instanceof BootlaceError && (error.side === "way" || error.side === "chip")) return error;
    throw error;
  }
}

const notBack = (): BootlaceError =>
  new BootlaceError("NO_REPLY", "nBOOT_SEL was set to 0, and the chip did not come back to its bootloader", {
    hint: "Hold BOOT0 high, reset the chip and run the same command again.",
  });

const notStored = ({ start }: Range): BootlaceError =>
  new BootlaceError("VERIFY_FAILED", `the option bytes at ${hex(start)} do not hold what was written`, {
    address: start,
    hint: "Look with `bootlace info`; no firmware was written, so an empty chip stays within reach.",
  });
