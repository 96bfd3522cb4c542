/** Other addresses at which a chip shows its flash. An image linked there means the flash, but the bootloader writes it at its own address. */
import type { Device } from "./device.js";

/** Start of the flash's view on ITCM: RM0385 (F74x/75x), "Memory organization"; address 0 is ITCM RAM there. */
const ITCM = 0x0020_0000;
/** Secure view of the flash on parts with TrustZone: RM0438 (L5), RM0456 (U5), RM0481 (H5), "Memory organization". */
const SECURE = 0x0c00_0000;
const TRUST_ZONE = ["L5", "U5", "U3", "H5", "WBA"];
/** What boots shows at address 0 (the reference manuals' "Boot configuration"); F7 and H7 have RAM there. */
const BOOT = 0x0000_0000;

export function flashAliases({ series }: Device): readonly number[] {
  if (series === "F7") return [ITCM];
  if (series === "H7") return [];
  return TRUST_ZONE.includes(series) ? [BOOT, SECURE] : [BOOT];
}
