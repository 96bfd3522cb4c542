/** Option bytes of STM32C0: see field.ts for the columns. */
import type { FieldRow } from "../field.js";

export const source = "RM0490; bits: CMSIS headers of ST; places: STM32CubeProgrammer, interface Bootloader";

export const rows: readonly FieldRow[] = [
  ["RDP", 0x00, 0, 8, "protection"],
  ["BOR_EN", 0x00, 8, 1],
  ["BORR_LEV", 0x00, 9, 2, "keep"],
  ["BORF_LEV", 0x00, 11, 2, "keep"],
  ["nRST_STOP", 0x00, 13, 1],
  ["nRST_STDBY", 0x00, 14, 1],
  ["nRST_SHDW", 0x00, 15, 1],
  ["IWDG_SW", 0x00, 16, 1],
  ["IWDG_STOP", 0x00, 17, 1],
  ["IWDG_STDBY", 0x00, 18, 1],
  ["WWDG_SW", 0x00, 19, 1, "lockout"],
  ["HSE_NOT_REMAPPED", 0x00, 21, 1, "keep"],
  ["RAM_PARITY_CHECK", 0x00, 22, 1],
  ["SECURE_MUXING_EN", 0x00, 23, 1, "keep"],
  ["nBOOT_SEL", 0x00, 24, 1, "lockout"],
  ["nBOOT1", 0x00, 25, 1, "lockout"],
  ["nBOOT0", 0x00, 26, 1, "lockout"],
  ["NRST_MODE", 0x00, 27, 2, "lockout"],
  ["IRHEN", 0x00, 29, 1],
  ["PCROP1A_STRT", 0x08, 0, 6, "one-way"],
  ["PCROP1A_END", 0x10, 0, 6, "one-way"],
  ["PCROP_RDP", 0x10, 31, 1, "one-way"],
  ["WRP1A_STRT", 0x18, 0, 4],
  ["WRP1A_END", 0x18, 16, 4],
  ["WRP1B_STRT", 0x20, 0, 4],
  ["WRP1B_END", 0x20, 16, 4],
  ["PCROP1B_STRT", 0x28, 0, 6, "one-way"],
  ["PCROP1B_END", 0x30, 0, 6, "one-way"],
  ["SEC_SIZE", 0x70, 0, 5, "lockout"],
  ["BOOT_LOCK", 0x70, 16, 1, "one-way"],
];
