/** Option bytes of STM32WL: see field.ts for the columns. */
import type { FieldRow } from "../field.js";

export const source = "RM0453; bits: CMSIS headers of ST; places: STM32CubeProgrammer, interface Bootloader";

export const rows: readonly FieldRow[] = [
  ["RDP", 0x00, 0, 8, "protection"],
  ["ESE", 0x00, 8, 1, "keep"],
  ["BOR_LEV", 0x00, 9, 3, "lockout"],
  ["nRST_STOP", 0x00, 12, 1],
  ["nRST_STDBY", 0x00, 13, 1],
  ["nRST_SHDW", 0x00, 14, 1],
  ["IWDG_SW", 0x00, 16, 1],
  ["IWDG_STOP", 0x00, 17, 1],
  ["IWDG_STDBY", 0x00, 18, 1],
  ["WWDG_SW", 0x00, 19, 1, "lockout"],
  ["nBOOT1", 0x00, 23, 1, "lockout"],
  ["SRAM2_PE", 0x00, 24, 1],
  ["SRAM_RST", 0x00, 25, 1],
  ["nSWBOOT0", 0x00, 26, 1, "lockout"],
  ["nBOOT0", 0x00, 27, 1, "lockout"],
  ["BOOT_LOCK", 0x00, 30, 1, "one-way"],
  ["C2BOOT_LOCK", 0x00, 31, 1, "one-way"],
  ["PCROP1A_STRT", 0x08, 0, 8, "one-way"],
  ["PCROP1A_END", 0x10, 0, 8, "one-way"],
  ["PCROP_RDP", 0x10, 31, 1, "one-way"],
  ["WRP1A_STRT", 0x18, 0, 7],
  ["WRP1A_END", 0x18, 16, 7],
  ["WRP1B_STRT", 0x20, 0, 7, "keep"],
  ["WRP1B_END", 0x20, 16, 7, "keep"],
  ["PCROP1B_STRT", 0x28, 0, 8, "one-way"],
  ["PCROP1B_END", 0x30, 0, 8, "one-way"],
];
