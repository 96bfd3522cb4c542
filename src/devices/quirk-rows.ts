/**
 * What bootloaders do that the protocol documents do not say, and what the host does about it, keyed by product ID and bootloader ID byte.
 * Sources: the known-limitation tables of AN2606 Rev 70 unless a row says otherwise.
 */
import type { Quirks } from "./device.js";

export interface QuirkRow {
  readonly productIds: readonly number[];
  /** ID bytes of the versions concerned; without them all versions. */
  readonly bootloaderIds?: readonly number[];
  /** What the host does otherwise. Without it the limitation is only told. */
  readonly quirks?: Partial<Quirks>;
  /** The limitation in one sentence with its source, for people. */
  readonly limitation: string;
}

export const QUIRK_ROWS: readonly QuirkRow[] = [
  // Erase
  {
    productIds: [0x460],
    bootloaderIds: [0xb3],
    quirks: { erasePagesPerCommand: 1, waitAfterEraseMs: 40 },
    limitation:
      "G07x/G08x V11.3 does not wait until pages are erased: one page per command, then 40 ms (AN2606 Rev 70).",
  },
  {
    productIds: [0x467],
    bootloaderIds: [0xd0, 0x92],
    // Bank 2 only; one rule for both banks costs a millisecond a page.
    quirks: { erasePagesPerCommand: 1 },
    limitation:
      "G0B0 V13.0 and G0B1/G0C1 V9.2 fail after the first of several pages of bank 2: one page per command (AN2606 Rev 70).",
  },
  {
    productIds: [0x454],
    bootloaderIds: [0xe1],
    quirks: { erasePagesPerCommand: 1 },
    limitation: "U375/U385 V14.1 erases the first page of a list only: one page per command (AN2606 Rev 70).",
  },
  {
    productIds: [0x430],
    quirks: { erasePagesPerCommand: 100 },
    limitation:
      "F1 XL-density: page lists are kept to 100; longer ones were seen to fail (field reports, no document).",
  },
  {
    productIds: [0x461],
    bootloaderIds: [0x93],
    quirks: { bankEraseBroken: true },
    limitation: "L496/L4A6 V9.3 refuses the bank erase codes 0xFFFE and 0xFFFD (AN2606 Rev 70).",
  },
  {
    productIds: [0x450],
    bootloaderIds: [0xd2],
    quirks: { massEraseBroken: true, goBroken: true },
    limitation:
      "H74x/H75x V13.2: mass erase over I2C erases bank 2 only, and Go does not work (AN2606 Rev 70).",
  },
  {
    productIds: [0x450],
    bootloaderIds: [0xd3],
    quirks: { bankEraseBroken: true },
    limitation: "H74x/H75x V13.3: bank erase does nothing over USART and I2C (AN2606 Rev 70).",
  },
  {
    productIds: [0x450],
    bootloaderIds: [0x91],
    quirks: { bankEraseBroken: true },
    limitation:
      "H74x/H75x V9.1: erase of bank 2 answers before it has finished, and the next flash command can hang (AN2606 Rev 70).",
  },

  // Commands that do something else
  {
    productIds: [0x494, 0x495, 0x496],
    quirks: { writeUnprotectErasesChip: true },
    limitation:
      "WB10/15 V11.1 and WB30..WB55 V13.5: Write Unprotect 0x73 over I2C performs a Readout Unprotect, which erases the chip (AN2606 Rev 70).",
  },
  {
    productIds: [0x495, 0x496],
    bootloaderIds: [0xd5],
    quirks: { readoutUnprotectNeedsPowerCycle: true },
    limitation:
      "WB30..WB55 V13.5: Readout Unprotect ends in a plain reset, the new level counts after a power cycle (AN2606 Rev 70).",
  },
  {
    productIds: [0x460],
    bootloaderIds: [0xb2],
    limitation: "G07x/G08x V11.2: over USART, option bytes are written but not loaded (AN2606 Rev 70).",
  },
  {
    productIds: [0x415],
    bootloaderIds: [0xa1, 0x90],
    quirks: { ramWriteBroken: true },
    limitation: "L47x/L48x V10.1 and V9.0: writes to SRAM are corrupted (AN2606 Rev 70).",
  },

  // Go
  {
    productIds: [0x450],
    bootloaderIds: [0x90],
    quirks: { goFirstAckMissing: true },
    limitation: "H74x/H75x V9.0: the first ACK of Go is not sent on USART (AN2606 Rev 70).",
  },
  {
    productIds: [0x450],
    bootloaderIds: [0x90, 0x91, 0x92],
    limitation:
      "H74x/H75x V9.x: Go wants the initial stack pointer at least 16 bytes below the end of RAM (AN2606 Rev 70).",
  },
  {
    productIds: [0x436],
    bootloaderIds: [0x42],
    limitation:
      "L1xxxD V4.2: Go refuses an initial stack pointer equal to the end of SRAM, 0x2000C000 (AN2606 Rev 70).",
  },
  {
    // V2.0 only, but all versions have the same ID byte or none.
    productIds: [0x410, 0x412, 0x414, 0x420, 0x428],
    limitation: "F10x V2.0: Go does not set the main stack pointer; the program must (AN2606 Rev 70).",
  },

  // Time
  {
    productIds: [0x422, 0x432],
    limitation:
      "F358 V5.0 and F378 V5.0 reset themselves after 10 ms between two frames of a command (AN2606 Rev 70).",
  },
  {
    productIds: [0x452],
    quirks: { massEraseStretches: true },
    limitation:
      "F72x/F73x: the no-stretch mass erase holds SCL for about 7 s (seen on an F723): erase by pages.",
  },
  {
    productIds: [0x431, 0x441, 0x458, 0x463],
    quirks: { massEraseStretches: true },
    limitation:
      "F41x: a no-stretch mass erase answers busy, then holds SCL (seen on an F411, length unknown): erase by pages.",
  },
  {
    productIds: [0x456],
    bootloaderIds: [0x51],
    limitation: "G05x/G061 V5.1: no-stretch erase holds SCL instead of answering busy (AN2606 Rev 70).",
  },

  // Reading
  {
    productIds: [0x450, 0x480, 0x483, 0x485],
    quirks: { readMayFault: true },
    limitation:
      "H7: a flash word that an interrupted write left half programmed has an ECC fault, and reading it can hang the bootloader (RM0433, RM0455, RM0468, RM0477).",
  },
  {
    productIds: [0x411],
    bootloaderIds: [0x20, 0x32],
    limitation:
      "F2 V2.0 and V3.2: no NACK for an address that does not exist; the next two bytes are taken as a command (AN2606 Rev 70).",
  },
  {
    productIds: [0x413],
    bootloaderIds: [0x30],
    limitation:
      "F40x/F41x V3.0: no NACK for an address that does not exist; the next two bytes are taken as a command (AN2606 Rev 70).",
  },
  {
    productIds: [0x416, 0x429],
    bootloaderIds: [0x20],
    limitation:
      "L1xxx6/8/B V2.0: no NACK for an address that does not exist; the next two bytes are taken as a command (AN2606 Rev 70).",
  },

  // USART
  ...doubleNack([
    [0x411, [0x33], "F2 V3.3"],
    [0x413, [0x31, 0x90], "F40x/F41x V3.1 and V9.0"],
    [0x427, [0x40], "L1xxxC V4.0"],
    [0x436, [0x45], "L1xxxD V4.5"],
    [0x437, [0x40], "L1xxxE V4.0"],
    [0x440, [0x21], "F05x/F030x8 V2.1"],
    [0x444, [0x10], "F03x V1.0"],
  ]),
  {
    productIds: [0x464],
    bootloaderIds: [0xd1],
    limitation: "L412/L422 V13.1: two ACKs in answer to 0x7F (AN2606 Rev 70).",
  },
  {
    productIds: [0x422, 0x432],
    bootloaderIds: [0x50],
    quirks: { maxBaudRate: 57_600 },
    limitation:
      "F358 V5.0 and F378 V5.0: USART1 and USART2 work up to 57600 baud; faster sessions are refused (AN2606 Rev 70).",
  },
  {
    productIds: [0x449, 0x451, 0x452],
    limitation:
      "F7: the baud rate is measured with up to 5 percent jitter; above 57600 the connection may need another try (AN2606 Rev 70).",
  },
  {
    productIds: [0x450],
    limitation:
      "H74x/H75x: USART1 on PB14/PB15 takes 115200 baud at most and needs two synchronisation bytes (AN2606 Rev 70).",
  },
];

function doubleNack(rows: readonly (readonly [number, readonly number[], string])[]): readonly QuirkRow[] {
  return rows.map(([productId, bootloaderIds, who]) => ({
    productIds: [productId],
    bootloaderIds,
    limitation: `${who}: two NACKs for a Read or Write that readout protection refuses (AN2606 Rev 70).`,
  }));
}
