/** Option bytes of STM32F1: see field.ts for the columns. */
import type { FieldRow } from "../field.js";

export const source =
  "PM0075 and PM0068; bits: CMSIS headers of ST; places: STM32CubeProgrammer, interface Bootloader";

export const rows: readonly FieldRow[] = [
  ["RDP", 0x00, 0, 8, "protection"],
  ["WDG_SW", 0x00, 16, 1],
  ["nRST_STOP", 0x00, 17, 1],
  ["nRST_STDBY", 0x00, 18, 1],
  ["BFB2", 0x00, 19, 1, "lockout", [0x430]],
  ["Data0", 0x04, 0, 8],
  ["Data1", 0x04, 16, 8],
  ["WRP0", 0x08, 0, 8],
  ["WRP8", 0x08, 16, 8, "none", [0x410, 0x414, 0x418, 0x420, 0x428, 0x430]],
  ["WRP16", 0x0c, 0, 8, "none", [0x410, 0x414, 0x418, 0x420, 0x428, 0x430]],
  ["WRP24", 0x0c, 16, 8, "none", [0x410, 0x414, 0x418, 0x420, 0x428, 0x430]],
];
