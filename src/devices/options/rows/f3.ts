/** Option bytes of STM32F3: see field.ts for the columns. */
import type { FieldRow } from "../field.js";

export const source =
  "RM0316, RM0313, RM0364 to RM0366; bits: CMSIS headers of ST; places: STM32CubeProgrammer, interface Bootloader";

export const rows: readonly FieldRow[] = [
  ["RDP", 0x00, 0, 8, "protection"],
  ["WDG_SW", 0x00, 16, 1],
  ["nRST_STOP", 0x00, 17, 1],
  ["nRST_STDBY", 0x00, 18, 1],
  ["nBOOT0", 0x00, 19, 1, "keep", [0x446]],
  ["nBOOT1", 0x00, 20, 1, "lockout"],
  ["VDDA_MONITOR", 0x00, 21, 1],
  ["RAM_PARITY", 0x00, 22, 1, "none", [0x432, 0x446]],
  ["SRAM_PE", 0x00, 22, 1, "none", [0x422, 0x438, 0x439]],
  ["BOOT_SEL", 0x00, 23, 1, "keep", [0x446]],
  ["SDADC12_VDD", 0x00, 23, 1, "none", [0x432]],
  ["Data0", 0x04, 0, 8],
  ["Data1", 0x04, 16, 8],
  ["nWRP0", 0x08, 0, 8],
  ["nWRP8", 0x08, 16, 8],
  ["nWRP16", 0x0c, 0, 8, "none", [0x422, 0x432, 0x446]],
  ["nWRP24", 0x0c, 16, 8, "none", [0x422, 0x432, 0x446]],
];
