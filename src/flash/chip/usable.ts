/** Whether a chip is one whose flash a job can do something with. */
import { namedWithoutRow } from "../../devices/without-row.js";
import { BootlaceError } from "../../errors.js";
import type { Session } from "./session.js";

export const NOT_TOUCHED = "the flash was not changed; the chip is still in its bootloader";

/** @throws BootlaceError UNKNOWN_CHIP, PROTECTED: before anything is sent to the flash */
export function checkUsable({ chip, geometry }: Session): void {
  const named = namedWithoutRow(chip.productId);
  if (geometry.pages.length === 0)
    throw new BootlaceError("UNKNOWN_CHIP", `no row of the device table describes ${chip.name}`, {
      chipState: NOT_TOUCHED,
      hint: named?.sentence,
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
