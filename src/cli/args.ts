/** Words of the command line to numbers: strict, and every refusal says what is expected. */
import type { Range } from "../devices/device.js";
import { BootlaceError } from "../errors.js";

const usage = (message: string): BootlaceError => new BootlaceError("USAGE", message);

const MULTIPLIERS: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const NUMBER = /^(?:(0x[0-9a-f]+(?:_[0-9a-f]+)*)|([0-9]+)(k|m|g)?(?:i?b)?)$/i;
const ADDRESS_SPACE = 0x1_0000_0000;

/** 4096, 0x1000, 16k, 2M (k is 1024, M is 1024 k). */
export function parseSize(text: string): number {
  const value = numberOf(text);
  if (value === undefined) throw usage(`A size is expected, like 4096, 0x1000, 16k or 2M.`);
  if (value === 0) throw usage("A size of 0 makes no sense here.");
  if (value > ADDRESS_SPACE) throw usage("That is more than the 4 GiB a 32-bit chip can address.");
  return value;
}

/** A memory address: 0x08000000 or decimal. */
export function parseAddress(text: string): number {
  // 08000000 would be eight million: whoever leaves 0x away means hexadecimal.
  if (/^0[0-9a-f]+$/i.test(text)) throw usage(`An address is expected, like 0x${text}: 0x is missing.`);
  const value = numberOf(text);
  if (value === undefined) throw usage("An address is expected, like 0x08000000.");
  if (value >= ADDRESS_SPACE) throw usage("That is beyond the chip's 32-bit address space.");
  return value;
}

/** `START:LENGTH`, for instance 0x08000000:16k, or `FIRST-LAST`, for instance 0x08000000-0x08003FFF. */
export function parseRange(text: string): Range {
  const [, startText, sign, endText] = /^([^:-]+)([:-])([^:-]+)$/.exec(text.trim()) ?? [];
  if (startText === undefined || endText === undefined)
    throw usage("START:LENGTH is expected, like 0x08000000:16k, or FIRST-LAST, like 0x08000000-0x08003FFF.");
  const start = parseAddress(startText);
  const end = sign === ":" ? start + parseSize(endText) : parseAddress(endText) + 1;
  if (end > ADDRESS_SPACE) throw usage("The range ends beyond the chip's 32-bit address space.");
  if (end <= start) throw usage("The range ends before it begins.");
  return { start, end };
}

/** A whole number from `least` to `most`. */
export function parseWhole(text: string, least: number, most: number): number {
  const value = /^[0-9]+$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) {
    throw usage(`A whole number from ${least} to ${most} is expected.`);
  }
  return value;
}

/** Seconds, as 5, 0.5 or 5s, or 200ms; the result is milliseconds. */
export function parseSeconds(text: string): number {
  const match = /^([0-9]+(?:\.[0-9]+)?)(ms|s)?$/.exec(text);
  if (match === null) throw usage("A time is expected, like 5, 0.5 or 200ms.");
  return Math.round(Number(match[1]) * (match[2] === "ms" ? 1 : 1000));
}

function numberOf(text: string): number | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, hexadecimal, decimal, unit = ""] = match;
  if (hexadecimal !== undefined) return Number(hexadecimal.replaceAll("_", ""));
  return Number(decimal) * MULTIPLIERS[unit.toLowerCase()]!;
}
