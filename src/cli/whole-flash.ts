/** What a verb takes when no range is given: all of the flash, of a chip that says how much that is. */
import type { Range } from "../devices/device.js";
import { BootlaceError } from "../errors.js";
import type { ChipInfo } from "../flash/job.js";

/** @throws BootlaceError UNKNOWN_CHIP: an empty file or the sum of nothing would look like a success */
export function wholeFlash({ name, geometry: { base, end, size } }: ChipInfo): Range {
  if (size > 0) return { start: base, end };
  throw new BootlaceError("UNKNOWN_CHIP", `how much flash ${name} has is not known`, {
    chipState: "the flash was not changed; the chip is still in its bootloader",
    hint: "Say what to take with --range START:LENGTH, or how much flash there is with --flash-size.",
  });
}
