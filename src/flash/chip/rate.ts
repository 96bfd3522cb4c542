/** Whether a bootloader can do the rate at which it answered: nothing but identification is done at one that it cannot. */
import type { Quirks } from "../../devices/device.js";
import { BootlaceError } from "../../errors.js";
import { NOT_TOUCHED } from "./usable.js";

/**
 * @param baud undefined where there is no rate to choose
 * @param who the chip and its bootloader's version, as the message begins
 * @throws BootlaceError USAGE
 */
export function checkRate(baud: number | undefined, { maxBaudRate }: Quirks, who: string): void {
  if (baud === undefined || baud <= maxBaudRate) return;
  throw new BootlaceError(
    "USAGE",
    `${who} works up to ${maxBaudRate} baud, and this is a session at ${baud}`,
    {
      chipState: NOT_TOUCHED,
      hint: `Reset the chip into its bootloader, which measures the rate anew, and connect with --baud ${maxBaudRate}.`,
    },
  );
}
