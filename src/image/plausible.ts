/**
 * Does an image look like firmware for this chip? Asked before anything is erased: a file for another chip or linked
 * for another address would be written and verified without a fault, and the board would not start.
 *
 * Source: Armv6-M and Armv7-M Architecture Reference Manuals, "The vector table": the first word is the initial
 * stack pointer, the second the reset vector with bit 0 set for Thumb.
 */

import { BootlaceError, hex } from "../errors.js";
import type { MemoryImage } from "./image.js";
import { placeText } from "./reject.js";

/** `end` is the first address after. */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

export interface ChipMemory {
  readonly ram: readonly AddressRange[];
  readonly flash: AddressRange;
  /** Where the chip looks for the vector table after reset. */
  readonly vectorAddress: number;
}

/**
 * Reasons against, as sentences without a full stop; empty when nothing speaks against it.
 * An image without bytes in the vector table's first two words, settings or an application behind a bootloader, is asked
 * only whether it is blank.
 */
export function looksLikeFirmware(image: MemoryImage, chip: ChipMemory): string[] {
  const blank = blankByte(image);
  if (blank !== undefined) return [`the image is blank: all its bytes are ${hex(blank, 2)}`];
  const vectors = image.within(chip.vectorAddress, chip.vectorAddress + 8);
  if (vectors.length === 0) return [];
  const first = vectors[0]!;
  if (first.bytes.length < 8)
    return [
      `the vector table at ${hex(chip.vectorAddress)} is not whole: the image has gaps in its first 8 bytes`,
    ];
  const words = new DataView(first.bytes.buffer, first.bytes.byteOffset, 8);
  return [
    ...faultsOfStack(words.getUint32(0, true), chip.ram),
    ...faultsOfReset(words.getUint32(4, true), image, chip.flash),
  ];
}

function blankByte(image: MemoryImage): 0x00 | 0xff | undefined {
  for (const blank of [0x00, 0xff] as const)
    if (image.segments.every(({ bytes }) => bytes.every((byte) => byte === blank))) return blank;
  return undefined;
}

/** The stack grows down from its initial value, which may be the first address after the RAM. */
function faultsOfStack(pointer: number, ram: readonly AddressRange[]): string[] {
  const faults: string[] = [];
  const inside = ram.some(({ start, end }) => pointer > start && pointer <= end);
  if (!inside) faults.push(`the initial stack pointer ${hex(pointer)} is not in RAM (${rangesText(ram)})`);
  if (pointer % 4 !== 0) faults.push(`the initial stack pointer ${hex(pointer)} is not a multiple of 4`);
  return faults;
}

function faultsOfReset(vector: number, image: MemoryImage, flash: AddressRange): string[] {
  const faults: string[] = [];
  const address = vector - (vector % 2);
  if (vector % 2 === 0) faults.push(`the reset vector ${hex(vector)} is even, so not Thumb code`);
  if (image.within(address, address + 2).length === 0) {
    const where =
      address >= flash.start && address < flash.end ? "into a gap of the image" : "outside the flash";
    faults.push(`the reset vector ${hex(vector)} points ${where}`);
  }
  return faults;
}

/** A part of an image that lies in none of the ranges. */
export interface Outside extends AddressRange {
  /** Which line or offset of the file gave its first byte, where the reader knows. */
  readonly line?: number;
  readonly offset?: number;
}

/** The parts of the image outside all of `ranges`, in ascending order. */
export function outsideOf(image: MemoryImage, ranges: readonly AddressRange[]): Outside[] {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  const outside: Outside[] = [];
  for (const { address, bytes } of image.segments) {
    const end = address + bytes.length;
    let at = address;
    for (const range of sorted) {
      if (range.start > at && at < end) outside.push(part(image, at, Math.min(range.start, end)));
      at = Math.max(at, Math.min(range.end, end));
    }
    if (at < end) outside.push(part(image, at, end));
  }
  return outside;
}

const part = (image: MemoryImage, start: number, end: number): Outside => ({
  start,
  end,
  ...image.notes.placeOf?.(start),
});

export interface OutsideOptions {
  readonly file: string;
  /** What the ranges are: "the flash of STM32G071". */
  readonly what: string;
}

/** The error for an image that is not inside `ranges`, naming the first part; undefined when all of it is. */
export function outsideError(
  image: MemoryImage,
  ranges: readonly AddressRange[],
  { file, what }: OutsideOptions,
): BootlaceError | undefined {
  const outside = outsideOf(image, ranges);
  const first = outside[0];
  if (first === undefined) return undefined;
  const { start, end, ...place } = first;
  const others = outside.length > 1 ? `, and ${outside.length - 1} more` : "";
  const message = `${placeText(file, place)}: ${rangeText(first)} (${end - start} bytes)${others} is outside ${what} (${rangesText(ranges)})`;
  return new BootlaceError("IMAGE_OUTSIDE", message, { file, address: start, ...place });
}

/** First and last address, as the manuals write it. */
const rangeText = ({ start, end }: AddressRange): string => `${hex(start)} to ${hex(end - 1)}`;

export const rangesText = (ranges: readonly AddressRange[]): string => ranges.map(rangeText).join(", ");
