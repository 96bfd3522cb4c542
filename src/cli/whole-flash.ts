/** What a verb takes when no range is given: all of the flash, of a chip that says how much that is. */
import { Option } from "commander";
import type { Range } from "../devices/device.js";
import { BootlaceError, hex } from "../errors.js";
import type { ChipInfo } from "../flash/job.js";
import { flashRanges } from "../flash/look/span.js";
import { parseRange } from "./args.js";
import { parsed } from "./options.js";
import { bytesText } from "./text.js";

export const rangeOption = (): Option =>
  new Option("--range <start:length>", "like 0x08000000:16k (default: the whole flash)").argParser(
    parsed(parseRange),
  );

/**
 * @returns one range, or one for each bank where smaller members have a gap between the banks: nothing answers there
 * @throws BootlaceError UNKNOWN_CHIP: an empty file or the sum of nothing would look like a success
 */
export function wholeFlash({ name, geometry }: ChipInfo): readonly Range[] {
  const ranges = flashRanges(geometry);
  if (ranges.length > 0) return ranges;
  throw new BootlaceError("UNKNOWN_CHIP", `how much flash ${name} has is not known`, {
    chipState: "the flash was not changed; the chip is still in its bootloader",
    hint: "Say what to take with --range START:LENGTH, or how much flash there is with --flash-size.",
  });
}

export const sizeOf = (ranges: readonly Range[]): number =>
  ranges.reduce((sum, { start, end }) => sum + end - start, 0);

/** "256 KiB at 0x08000000", "128 KiB at 0x08000000 and 128 KiB at 0x08040000". */
export const rangesText = (ranges: readonly Range[]): string =>
  ranges.map(({ start, end }) => `${bytesText(end - start)} at ${hex(start)}`).join(" and ");
