/** A named field of the option bytes, as the bootloader shows them. */

/**
 * What a change may do. "lockout": the bootloader or the chip may no longer be reached. "one-way": nothing, or only an erase of everything,
 * brings the old value back. "erases": the flash is divided otherwise, what it holds becomes useless. "protection": readout protection, which
 * has commands of its own. "keep": sources disagree on the field, or it is not the user's; shown, never set.
 */
export type Danger = "none" | "lockout" | "one-way" | "erases" | "protection" | "keep";

/** Where a field lies. */
export interface BitField {
  /** As the reference manual has it, "nBOOT_SEL". */
  readonly name: string;
  /** Offset in bytes of its 32-bit word from the base of the option bytes. */
  readonly word: number;
  /** Lowest bit in that word, and how many. */
  readonly bit: number;
  readonly width: number;
  readonly source: string;
}

export interface OptionField extends BitField {
  readonly danger: Danger;
  readonly meaning: string | undefined;
  /** What single values mean. */
  readonly values: Readonly<Record<number, string>> | undefined;
}

/** A line of `rows/`: name, word, bit, width, danger (default "none"), the product IDs that have it (default: all of the series). */
export type FieldRow = readonly [
  name: string,
  word: number,
  bit: number,
  width: number,
  danger?: Danger,
  productIds?: readonly number[],
];

/** @param options bytes from the base on */
export const valueOf = (options: Uint8Array, { word, bit, width }: BitField): number => {
  const view = new DataView(options.buffer, options.byteOffset, options.byteLength);
  return Math.floor(view.getUint32(word, true) / 2 ** bit) % 2 ** width;
};

/** Writes `value` into its place; the other bits of the word stay. */
export const setValue = (options: Uint8Array, { word, bit, width }: BitField, value: number): void => {
  const view = new DataView(options.buffer, options.byteOffset, options.byteLength);
  const before = view.getUint32(word, true);
  const old = Math.floor(before / 2 ** bit) % 2 ** width;
  view.setUint32(word, before + (value - old) * 2 ** bit, true);
};
