/** Option bytes of STM32F0: see field.ts for the columns. */
import type { FieldRow } from "../field.js";

export const source =
  "RM0091 and RM0360; bits: CMSIS headers of ST; places: STM32CubeProgrammer, interface Bootloader";

export const rows: readonly FieldRow[] = [
  ["RDP", 0x00, 0, 8, "protection"],
  ["WDG_SW", 0x00, 16, 1],
  ["nRST_STOP", 0x00, 17, 1],
  ["nRST_STDBY", 0x00, 18, 1],
  ["nBOOT0", 0x00, 19, 1, "lockout", [0x442, 0x445]],
  ["nBOOT1", 0x00, 20, 1, "lockout"],
  ["VDDA_MONITOR", 0x00, 21, 1],
  ["RAM_PARITY", 0x00, 22, 1],
  ["BOOT_SEL", 0x00, 23, 1, "lockout", [0x442, 0x445]],
  ["Data0", 0x04, 0, 8],
  ["Data1", 0x04, 16, 8],
  ["nWRP0", 0x08, 0, 8],
  ["nWRP8", 0x08, 16, 8, "none", [0x440, 0x442, 0x448]],
  ["nWRP16", 0x0c, 0, 8, "none", [0x442, 0x448]],
  ["nWRP24", 0x0c, 16, 8, "none", [0x442, 0x448]],
];
