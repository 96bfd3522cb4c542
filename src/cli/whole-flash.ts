/** What a verb takes when no range is given: all of the flash, of a chip that says how much that is. */
import { Option } from "commander";
import type { Range } from "../devices/device.js";
import { BootlaceError, hex } from "../errors.js";
import type { ChipInfo } from "../flash/job.js";
import { flashRanges } from "../flash/look/span.js";
import { parseRange } from "./args.js";
import { parsed } from "./options.js";
import { bytesText } from "./text.js";

export const rangeOption = (parse = parseRange): Option =>
  new Option("--range <start:length>", "like 0x08000000:16k (default: the whole flash)").argParser(
    parsed(parse),
  );

/**
 * What was asked for, or the whole flash.
 * @throws BootlaceError USAGE for a range that begins in the flash and goes on behind it: the chip would refuse it after all of the flash
 */
export function chosenRanges(chip: ChipInfo, range: Range | undefined): readonly Range[] {
  if (range === undefined) return wholeFlash(chip);
  const { base, end } = chip.geometry;
  if (range.start >= base && range.start < end && range.end > end)
    throw new BootlaceError(
      "USAGE",
      `the range ends at ${hex(range.end - 1)} and the flash at ${hex(end - 1)}`,
      {
        hint: "Where the chip has more flash than it says, give it with --flash-size.",
      },
    );
  return [range];
}

/**
 * @returns one range, or one for each bank where smaller members have a gap between the banks: nothing answers there
 * @throws BootlaceError UNKNOWN_CHIP: an empty file or the sum of nothing would look like a success
 */
function wholeFlash({ name, geometry }: ChipInfo): readonly Range[] {
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
