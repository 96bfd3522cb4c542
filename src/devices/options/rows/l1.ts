/** Option bytes of STM32L1: see field.ts for the columns. */
import type { FieldRow } from "../field.js";

export const source = "RM0038; bits: CMSIS headers of ST; places: STM32CubeProgrammer, interface Bootloader";

export const rows: readonly FieldRow[] = [
  ["RDP", 0x00, 0, 8, "protection"],
  ["SPRMOD", 0x00, 8, 1, "one-way", [0x427, 0x429]],
  ["BOR_LEV", 0x04, 0, 4, "lockout"],
  ["IWDG_SW", 0x04, 4, 1],
  ["nRST_STOP", 0x04, 5, 1],
  ["nRST_STDBY", 0x04, 6, 1],
  ["nBFB2", 0x04, 7, 1, "lockout", [0x436, 0x437]],
  ["WRP0", 0x08, 0, 16],
  ["WRP16", 0x0c, 0, 16],
  ["WRP32", 0x10, 0, 16, "none", [0x427, 0x436, 0x437]],
  ["WRP48", 0x14, 0, 16, "none", [0x427, 0x436, 0x437]],
  ["WRP64", 0x18, 0, 16, "none", [0x436, 0x437]],
  ["WRP80", 0x1c, 0, 16, "none", [0x436, 0x437]],
];
