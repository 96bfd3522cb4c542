/** 7-bit I2C addresses as people write them. Every door, command line, target, environment and file, comes through here. */
import { BootlaceError, hex } from "../../errors.js";

/** Below it the bus has other uses for them (UM10204 rev 7, table 4). From 0x78 on as well, but the WBA2's bootloader is there (AN2606). */
const LEAST = 0x08;
const MOST = 0x7f;

export const isI2cAddress = (value: number): boolean =>
  Number.isInteger(value) && value >= LEAST && value <= MOST;

/**
 * In hexadecimal with 0x: "56" alone could mean 0x56 or 0x38, and a wrong address may belong to another device.
 * @throws BootlaceError USAGE that says what the text could mean
 */
export function parseI2cAddress(text: string): number {
  if (!/^0x[0-9a-f]{1,2}$/i.test(text)) throw usage(notHexadecimal(text));
  const value = Number(text);
  if (value > MOST)
    throw usage(`I2C addresses have 7 bits here; as an 8-bit address it is ${hex(value >> 1, 2)} in 7 bits.`);
  if (value < LEAST) throw usage("I2C reserves the addresses below 0x08.");
  return value;
}

function notHexadecimal(text: string): string {
  const rule = "A 7-bit I2C address is written in hexadecimal with 0x";
  const [first = "0x56", second] = readings(text);
  return second === undefined
    ? `${rule}, like ${first}.`
    : `${rule}: "${text}" could mean ${first} or ${second}.`;
}

/** What digits without 0x can have been meant as. */
function readings(text: string): string[] {
  const found: string[] = [];
  const asHex = /^[0-9a-f]{2}$/i.test(text) ? Number(`0x${text}`) : 0;
  if (isI2cAddress(asHex)) found.push(hex(asHex, 2));
  else if (asHex > MOST) found.push(`${hex(asHex >> 1, 2)} (the 7 bits of ${hex(asHex, 2)})`);
  const asDecimal = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0;
  if (isI2cAddress(asDecimal)) found.push(`${hex(asDecimal, 2)} (decimal ${text})`);
  return found;
}

const usage = (message: string): BootlaceError => new BootlaceError("USAGE", message);
