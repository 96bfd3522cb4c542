/** What can be said of an image before anything is sent to the flash. */
import type { Geometry, Range } from "../../devices/device.js";
import { stackAreas } from "../../devices/stack.js";
import { namedWithoutRow } from "../../devices/without-row.js";
import { BootlaceError } from "../../errors.js";
import type { MemoryImage } from "../../image/image.js";
import { looksLikeFirmware } from "../../image/plausible.js";
import type { WriteOptions } from "../job.js";
import type { Session } from "../chip/session.js";
import { runsOfPages, spanOfPages } from "../look/span.js";

export const NOT_TOUCHED = "the flash was not changed; the chip is still in its bootloader";

/**
 * @param image what goes into the flash
 * @returns doubts about it, for notes
 * @throws BootlaceError IMAGE_UNLIKELY where the check shall refuse
 */
export function checkImage(session: Session, image: MemoryImage, options: WriteOptions): string[] {
  const check = options.check ?? "warn";
  if (check === "off" || image.byteLength === 0) return [];
  const doubts = doubtsOf(session, image);
  if (doubts.length > 0 && check === "refuse")
    throw new BootlaceError(
      "IMAGE_UNLIKELY",
      `this does not look like firmware for ${session.chip.name}: ${doubts.join("; ")}`,
      {
        chipState: NOT_TOUCHED,
      },
    );
  return doubts;
}

/** What is left to say no to before a job touches flash. */
export function checkUsable({ chip, geometry }: Session): void {
  const named = namedWithoutRow(chip.productId);
  if (geometry.pages.length === 0)
    throw new BootlaceError("UNKNOWN_CHIP", `no row of the device table describes ${chip.name}`, {
      chipState: NOT_TOUCHED,
      ...(named && { hint: named.sentence }),
    });
  if (chip.readoutProtected)
    throw new BootlaceError(
      "PROTECTED",
      `${chip.name} is readout-protected: it refuses to be read, erased and written`,
      {
        chipState: NOT_TOUCHED,
      },
    );
}

/** Without the gap between banks that some members have. */
export const flashRanges = ({ pages }: Geometry): Range[] =>
  runsOfPages(pages).map((run) => {
    const { address, length } = spanOfPages(run);
    return { start: address, end: address + length };
  });

function doubtsOf({ device, geometry }: Session, image: MemoryImage): string[] {
  const ram = device && stackAreas(device);
  if (!ram) return [];
  const flash = { start: geometry.base, end: geometry.end };
  return looksLikeFirmware(image, { ram, flash, vectorAddress: geometry.base });
}
