/** Words of the command line to numbers: strict, and every refusal says what is expected. */
import type { Range } from "../devices/device.js";
import { BootlaceError } from "../errors.js";

const usage = (message: string): BootlaceError => new BootlaceError("USAGE", message);

const MULTIPLIERS: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 * 1024 };
const NUMBER = /^(?:(0x[0-9a-f]+(?:_[0-9a-f]+)*)|([0-9]+)(k|m)?(?:i?b)?)$/i;
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
  const value = numberOf(text);
  if (value === undefined) throw usage("An address is expected, like 0x08000000.");
  if (value >= ADDRESS_SPACE) throw usage("That is beyond the chip's 32-bit address space.");
  return value;
}

/** `START:LENGTH`, for instance 0x08000000:16k. */
export function parseRange(text: string): Range {
  const [startText, lengthText, ...rest] = text.split(":");
  if (startText === undefined || lengthText === undefined || rest.length > 0) {
    throw usage("START:LENGTH is expected, like 0x08000000:16k.");
  }
  const start = parseAddress(startText);
  const end = start + parseSize(lengthText);
  if (end > ADDRESS_SPACE) throw usage("The range ends beyond the chip's 32-bit address space.");
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
