/** What can be said of an image before anything is sent to the flash. */
import { stackAreas } from "../../devices/stack.js";
import { BootlaceError } from "../../errors.js";
import type { MemoryImage } from "../../image/image.js";
import { looksLikeFirmware } from "../../image/plausible.js";
import type { WriteOptions } from "../job.js";
import type { Session } from "../chip/session.js";
import { NOT_TOUCHED } from "../chip/usable.js";

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

function doubtsOf({ device, geometry }: Session, image: MemoryImage): string[] {
  const ram = device && stackAreas(device);
  if (!ram) return [];
  const flash = { start: geometry.base, end: geometry.end };
  return looksLikeFirmware(image, { ram, flash, vectorAddress: geometry.base });
}
