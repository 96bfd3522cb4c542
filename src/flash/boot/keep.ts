/**
 * nBOOT_SEL = 0, so that BOOT0 counts: before the firmware, because until the flash holds a program an empty chip comes back to its
 * bootloader whatever goes wrong. Written are the first 8 bytes of the option bytes, a word and its inverse; the words after them keep
 * what was loaded (ST's Open Bootloader). Then the chip loads its options and resets.
 */
import type { Device } from "../../devices/device.js";
import { bootRowOf } from "../../devices/options/boot.js";
import { completeChanged } from "../../devices/options/area.js";
import { setValue } from "../../devices/options/field.js";
import { readOptions, storeOptions } from "../options/store.js";
import type { JobRun } from "../run/job-run.js";

const WORD_BYTES = 8;

export async function keepBootloader(run: JobRun): Promise<void> {
  const device = run.session.device!;
  const area = device.optionBytes[0]!;
  const before = await readOptions(run, area);
  const after = pinCounts(device, before);
  run.note("nBOOT_SEL is set to 0, so that BOOT0 leads to the bootloader: keep the power on");
  const frame = after.subarray(0, WORD_BYTES);
  await storeOptions(run, { area, before, after, frame, was: "nBOOT_SEL was set to 0" });
}

/** nBOOT_SEL = 0, nBOOT0 = 1, nBOOT1 = 1: what the manuals call the boot by the pin BOOT0. */
function pinCounts(device: Device, before: Uint8Array): Uint8Array {
  const row = bootRowOf(device)!;
  const after = before.slice();
  setValue(after, row.selector, 0);
  setValue(after, row.nBoot0, 1);
  setValue(after, row.nBoot1, 1);
  completeChanged(after, before, "word");
  return after;
}
