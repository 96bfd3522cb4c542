/** Numbers as C reads them: 0x for hexadecimal, a leading 0 for octal. Unlike strtoul(3) nothing may follow. */
import { usageError } from "./usage-error.js";

const NUMBER = /^(0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)$/i;

export interface NumberRange {
  readonly from?: number;
  /** Last value that is allowed. Default 32 bits. */
  readonly to?: number;
}

/** @param what for the message: "-e" @throws BootlaceError USAGE */
export function parseNumber(
  text: string,
  what: string,
  { from = 0, to = 0xffff_ffff }: NumberRange = {},
): number {
  if (!NUMBER.test(text)) throw usageError(`${what}: "${text}" is not a number`);
  const octal = text.length > 1 && text.startsWith("0") && !/^0x/i.test(text);
  const value = octal ? Number.parseInt(text, 8) : Number(text);
  if (value < from || value > to) throw usageError(`${what}: ${text} is not between ${from} and ${to}`);
  return value;
}
