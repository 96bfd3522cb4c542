/** Option bytes of STM32F2: see field.ts for the columns. */
import type { FieldRow } from "../field.js";

export const source = "PM0059; bits: CMSIS headers of ST; places: STM32CubeProgrammer, interface Bootloader";

export const rows: readonly FieldRow[] = [
  ["BOR_LEV", 0x00, 2, 2, "lockout"],
  ["WDG_SW", 0x00, 5, 1],
  ["nRST_STOP", 0x00, 6, 1],
  ["nRST_STDBY", 0x00, 7, 1],
  ["RDP", 0x00, 8, 8, "protection"],
  ["WRP0", 0x08, 0, 12],
];
