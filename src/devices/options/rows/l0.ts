/** Option bytes of STM32L0: see field.ts for the columns. */
import type { FieldRow } from "../field.js";

export const source =
  "RM0367, RM0377; bits: CMSIS headers of ST; places: STM32CubeProgrammer, interface Bootloader";

export const rows: readonly FieldRow[] = [
  ["RDP", 0x00, 0, 8, "protection"],
  ["WPRMOD", 0x00, 8, 1, "one-way"],
  ["BOR_LEV", 0x04, 0, 4, "lockout"],
  ["IWDG_SW", 0x04, 4, 1],
  ["nRST_STOP", 0x04, 5, 1],
  ["nRST_STDBY", 0x04, 6, 1],
  ["BFB2", 0x04, 7, 1, "lockout", [0x447]],
  ["nBOOT_SEL", 0x04, 13, 1, "keep", [0x457]],
  ["nBOOT0", 0x04, 14, 1, "keep", [0x457]],
  ["nBOOT1", 0x04, 15, 1, "lockout"],
  ["WRPOT0", 0x08, 0, 4, "none", [0x457]],
  ["WRPOT0", 0x08, 0, 8, "none", [0x425]],
  ["WRPOT0", 0x08, 0, 16, "none", [0x447]],
  ["WRPOT1", 0x08, 0, 16, "none", [0x417]],
  ["WRPOT16", 0x0c, 0, 16, "none", [0x447]],
  ["WRPOT32", 0x10, 0, 16, "none", [0x447]],
];
