/**
 * The option bits that decide whether the pin BOOT0 leads to the bootloader, by series. Rows for what Read Memory shows at the start of
 * the option bytes of chips that have such a choice; where the pin alone decides there is no row.
 */
import type { Device } from "../device.js";
import type { BitField } from "./field.js";

export interface BootRow {
  /** Chooses between the pin and nBOOT0. */
  readonly selector: BitField;
  /** Value of the selector by which the pin counts, and by which a new chip comes. */
  readonly pinWhen: 0 | 1;
  readonly factory: 0 | 1;
  readonly nBoot0: BitField;
  /** 0: a high BOOT0 starts SRAM. */
  readonly nBoot1: BitField;
  /** 1: flash is started, whatever else is set. */
  readonly bootLock?: BitField | undefined;
  readonly rdp: BitField;
  /** Published hosts write these bits through the bootloader, by the first 8 bytes alone. */
  readonly writable: boolean;
}

const field = (
  name: string,
  at: readonly [word: number, bit: number, width?: number],
  source: string,
): BitField => ({
  name,
  word: at[0],
  bit: at[1],
  width: at[2] ?? 1,
  source,
});

const nBootSel = (source: string, writable: boolean): BootRow => ({
  selector: field("nBOOT_SEL", [0, 24], source),
  pinWhen: 0,
  factory: 1,
  nBoot0: field("nBOOT0", [0, 26], source),
  nBoot1: field("nBOOT1", [0, 25], source),
  bootLock: field("BOOT_LOCK", [0x70, 16], source),
  rdp: field("RDP", [0, 0, 8], source),
  writable,
});

const nSwBoot0 = (source: string, bootLock?: readonly [word: number, bit: number]): BootRow => ({
  selector: field("nSWBOOT0", [0, 26], source),
  pinWhen: 1,
  factory: 1,
  nBoot0: field("nBOOT0", [0, 27], source),
  nBoot1: field("nBOOT1", [0, 23], source),
  bootLock: bootLock && field("BOOT_LOCK", bootLock, source),
  rdp: field("RDP", [0, 0, 8], source),
  writable: false,
});

const ROWS: Readonly<Record<string, BootRow>> = {
  G0: nBootSel("RM0444, FLASH_OPTR and FLASH_SECR", true),
  C0: nBootSel("RM0490, FLASH_OPTR and FLASH_SECR", true),
  U0: nBootSel("RM0503, FLASH_OPTR and FLASH_SECR", false),
  G4: nSwBoot0("RM0440, FLASH_OPTR and FLASH_SEC1R", [0x28, 16]),
  L4: nSwBoot0("RM0394 and RM0351, FLASH_OPTR"),
  WB: nSwBoot0("RM0434, FLASH_OPTR"),
  WL: nSwBoot0("RM0453, FLASH_OPTR", [0, 30]),
};

/** Of STM32F0 only F04x, F070x6, F09x and F030xC have it; 1, as delivered, is the pin. Option bytes there are followed by their inverses byte by byte. */
const F0_BOOT_SEL: BootRow = {
  selector: field("BOOT_SEL", [0, 23], "RM0091 and RM0360, option bytes"),
  pinWhen: 1,
  factory: 1,
  nBoot0: field("nBOOT0", [0, 19], "RM0091 and RM0360, option bytes"),
  nBoot1: field("nBOOT1", [0, 20], "RM0091 and RM0360, option bytes"),
  rdp: field("RDP", [0, 0, 8], "RM0091 and RM0360, option bytes"),
  writable: false,
};
const BY_PRODUCT_ID: ReadonlyMap<number, BootRow> = new Map([
  [0x442, F0_BOOT_SEL],
  [0x445, F0_BOOT_SEL],
]);

/** L47x and L48x have no nSWBOOT0 (RM0351): the pin decides. */
const PIN_ALONE: ReadonlySet<number> = new Set([0x415]);

export const bootRowOf = ({ series, productId }: Device): BootRow | undefined =>
  PIN_ALONE.has(productId) ? undefined : (BY_PRODUCT_ID.get(productId) ?? ROWS[series]);

/** C5 has bits BOOT_SEL and BOOT0 whose meaning and factory values are not published. */
export const bootSelectionIsUnknown = ({ series }: Device): boolean => series === "C5";

/** Bytes from the base that hold all fields of a row, with the inverses. */
export const bootBytes = ({ bootLock }: BootRow): number => (bootLock?.word ?? 0) + 8;

/** Whether each field's word is followed by its inverse: then it was read rightly. */
export const fitsInverses = (options: Uint8Array, { selector, bootLock = selector }: BootRow): boolean => {
  const view = new DataView(options.buffer, options.byteOffset, options.byteLength);
  return [selector, bootLock].every(
    ({ word }) => (view.getUint32(word, true) ^ view.getUint32(word + 4, true)) === -1,
  );
};
