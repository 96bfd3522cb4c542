/** Option bytes of STM32F7: see field.ts for the columns. */
import type { FieldRow } from "../field.js";

export const source =
  "RM0385, RM0410, RM0431; bits: CMSIS headers of ST; places: STM32CubeProgrammer, interface Bootloader";

export const rows: readonly FieldRow[] = [
  ["BOR_LEV", 0x00, 2, 2, "lockout"],
  ["WWDG_SW", 0x00, 4, 1, "lockout"],
  ["IWDG_SW", 0x00, 5, 1],
  ["nRST_STOP", 0x00, 6, 1],
  ["nRST_STDBY", 0x00, 7, 1],
  ["RDP", 0x00, 8, 8, "protection"],
  ["nWRP0", 0x08, 0, 8, "none", [0x449, 0x452]],
  ["nWRP0", 0x08, 0, 12, "keep", [0x451]],
  ["nDBOOT", 0x08, 12, 1, "lockout", [0x451]],
  ["nDBANK", 0x08, 13, 1, "erases", [0x451]],
  ["IWDG_STDBY", 0x08, 14, 1],
  ["IWDG_STOP", 0x08, 15, 1],
  ["BOOT_ADD0", 0x10, 0, 16],
  ["BOOT_ADD1", 0x18, 0, 16, "lockout"],
];
