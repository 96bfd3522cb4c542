/** Option bytes of STM32F4: see field.ts for the columns. */
import type { FieldRow } from "../field.js";

export const source =
  "RM0090, RM0368, RM0390; bits: CMSIS headers of ST; places: STM32CubeProgrammer, interface Bootloader";

export const rows: readonly FieldRow[] = [
  ["BOR_LEV", 0x00, 2, 2, "lockout"],
  ["BFB2", 0x00, 4, 1, "lockout", [0x419, 0x434]],
  ["WDG_SW", 0x00, 5, 1],
  ["nRST_STOP", 0x00, 6, 1],
  ["nRST_STDBY", 0x00, 7, 1],
  ["RDP", 0x00, 8, 8, "protection"],
  ["WRP0", 0x08, 0, 5, "none", [0x458]],
  ["WRP0", 0x08, 0, 6, "none", [0x423]],
  ["WRP0", 0x08, 0, 8, "none", [0x421, 0x431, 0x433]],
  ["WRP0", 0x08, 0, 12, "none", [0x413, 0x419, 0x441]],
  ["nWRP0", 0x08, 0, 12, "none", [0x434]],
  ["WRP0", 0x08, 0, 15, "none", [0x463]],
  ["DB1M", 0x08, 14, 1, "erases", [0x419, 0x434]],
  ["SPRMOD", 0x08, 15, 1, "one-way", [0x419, 0x421, 0x423, 0x431, 0x433, 0x434, 0x441, 0x458, 0x463]],
];
