/**
 * From where a chip starts: its pin BOOT0, the option bits that take the pin's place, and the empty check. Sources: AN2606, patterns 2, 6,
 * 11 and 13 to 16; RM0444 table 8, RM0490 table 9, RM0503 table 6 (nBOOT_SEL); RM0440, RM0351, RM0434, RM0453 (nSWBOOT0); RM0091 chapter 4
 * (BOOT_SEL). Not modelled: BFB2, BOOT_ADD0 and 1, PRODUCT_STATE, TrustZone; BOOT1 where it is a pin is low.
 */
import type { ChipFacts } from "./facts.js";
import { isIntact } from "./option-bytes.js";

interface BootBit {
  /** Of its word from the base of the option bytes. */
  readonly offset: number;
  readonly bit: number;
}

export interface BootConditions {
  /** Chooses between the pin BOOT0 and nBOOT0; absent: always the pin. */
  readonly selector?: BootBit & { readonly pinWhen: 0 | 1; readonly nBoot0: BootBit };
  /** 1: the bootloader, 0: SRAM; absent: always the bootloader. */
  readonly nBoot1?: BootBit;
  /** 1: flash, whatever else is said. */
  readonly lock?: BootBit;
}

const word0 = (bit: number): BootBit => ({ offset: 0, bit });

const N_BOOT_SEL: BootConditions = {
  selector: { ...word0(24), pinWhen: 0, nBoot0: word0(26) },
  nBoot1: word0(25),
  lock: { offset: 0x70, bit: 16 },
};

const N_SWBOOT0: BootConditions = {
  selector: { ...word0(26), pinWhen: 1, nBoot0: word0(27) },
  nBoot1: word0(23),
};

/** RM0438, RM0456, chapter "Boot configuration", TrustZone off. */
const BOOT_ADDRESSES: BootConditions = {
  selector: { ...word0(26), pinWhen: 1, nBoot0: word0(27) },
  lock: { offset: 0xc, bit: 0 },
};

const BY_SERIES: Readonly<Record<string, BootConditions>> = {
  G0: N_BOOT_SEL,
  C0: N_BOOT_SEL,
  U0: N_BOOT_SEL,
  L4: N_SWBOOT0,
  WB: N_SWBOOT0,
  G4: { ...N_SWBOOT0, lock: { offset: 0x28, bit: 16 } },
  WL: { ...N_SWBOOT0, lock: word0(30) },
  L5: BOOT_ADDRESSES,
  U5: BOOT_ADDRESSES,
  F0: { nBoot1: word0(20) },
  F3: { nBoot1: word0(20) },
  L0: { nBoot1: { offset: 4, bit: 15 } },
};

const BOOT_SEL: BootConditions = {
  selector: { ...word0(23), pinWhen: 1, nBoot0: word0(19) },
  nBoot1: word0(20),
};

const BY_PRODUCT: Readonly<Record<number, BootConditions>> = {
  0x415: { nBoot1: word0(23) }, // L47x, L48x: no nSWBOOT0
  0x442: BOOT_SEL, // F09x, F030xC
  0x445: BOOT_SEL, // F04x, F070x6
};

export const bootConditionsOf = (chip: { readonly series: string; readonly productId: number }) =>
  BY_PRODUCT[chip.productId] ?? BY_SERIES[chip.series] ?? {};

/** A board that has been set up: the pin decides. */
export const letPinDecide = (bytes: Uint8Array, { selector }: BootConditions): void => {
  if (!selector || selector.offset + 4 > bytes.length) return;
  const at = selector.offset + (selector.bit >> 3);
  const mask = 1 << (selector.bit & 7);
  bytes[at] = selector.pinWhen === 1 ? bytes[at]! | mask : bytes[at]! & ~mask;
};

/**
 * Option bytes as they are loaded. A value that does not fit its inverse counts as all ones; whether BOOT_LOCK does too is not documented.
 */
export const bootOptions = (
  bytes: Uint8Array,
  chip: ChipFacts,
  brokenLocks: boolean,
): Uint8Array<ArrayBuffer> => {
  const { lock } = bootConditionsOf(chip);
  const loaded = Uint8Array.from(bytes);
  if (!lock || isIntact(bytes, chip.optionLayout, lock.offset)) return loaded;
  const mask = 1 << (lock.bit & 7);
  const at = lock.offset + (lock.bit >> 3);
  loaded[at] = brokenLocks ? loaded[at]! | mask : loaded[at]! & ~mask;
  return loaded;
};

export interface BootInputs {
  /** Option bytes as loaded. */
  readonly options: Uint8Array;
  readonly boot0: boolean;
  /** The flag of the empty check; false on chips without it. */
  readonly empty: boolean;
}

export const startsFrom = (
  { selector, nBoot1, lock }: BootConditions,
  { options, boot0, empty }: BootInputs,
): "flash" | "bootloader" | "SRAM" => {
  const isSet = ({ offset, bit }: BootBit): boolean =>
    ((options[offset + (bit >> 3)] ?? 0) >> (bit & 7)) % 2 === 1;
  if (lock && isSet(lock)) return "flash";
  const byPin = !selector || isSet(selector) === (selector.pinWhen === 1);
  const high = byPin ? boot0 : !isSet(selector.nBoot0);
  if (!high) return empty ? "bootloader" : "flash";
  return !nBoot1 || isSet(nBoot1) ? "bootloader" : "SRAM";
};
