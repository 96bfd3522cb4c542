/**
 * The STM32's CRC unit in its reset configuration (AN4221 rev 14, Get Checksum): polynomial 04C11DB7, initial value FFFFFFFF,
 * no reflection, no final XOR; memory goes in as 32-bit little-endian words, most significant byte of the word first.
 */
import { CRC_INITIAL, CRC_POLYNOMIAL } from "./commands.js";

type Tables = [
  Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array,
]; // prettier-ignore

/** tables[k][b]: effect of byte b that is followed by k more bytes. Eight tables take two words a turn. Made when first asked for. */
let tables: Tables | undefined;

function makeTables(): Tables {
  const tables = Array.from({ length: 8 }, () => new Uint32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000_0000 ? (crc << 1) ^ CRC_POLYNOMIAL : crc << 1;
    tables[0]![byte] = crc;
  }
  for (let k = 1; k < 8; k++)
    for (let byte = 0; byte < 256; byte++) {
      const before = tables[k - 1]![byte]!;
      tables[k]![byte] = (before << 8) ^ tables[0]![before >>> 24]!;
    }
  return tables as Tables;
}

/**
 * @param bytes as they lie in memory; the length must be a multiple of 4
 * @param seed result of what lies before, to go on
 */
export function stm32Crc(bytes: Uint8Array, seed = CRC_INITIAL): number {
  if (bytes.length % 4 !== 0)
    throw new RangeError(`the CRC unit takes whole words, got ${bytes.length} bytes`);
  const [t0, t1, t2, t3, t4, t5, t6, t7] = (tables ??= makeTables());
  let crc = seed;
  let i = 0;
  for (const end = bytes.length - (bytes.length % 8); i < end; i += 8) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc =
      t7[crc >>> 24]! ^ t6[(crc >>> 16) & 0xff]! ^ t5[(crc >>> 8) & 0xff]! ^ t4[crc & 0xff]! ^
      t3[bytes[i + 7]!]! ^ t2[bytes[i + 6]!]! ^ t1[bytes[i + 5]!]! ^ t0[bytes[i + 4]!]!; // prettier-ignore
  }
  if (i < bytes.length) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc = t3[crc >>> 24]! ^ t2[(crc >>> 16) & 0xff]! ^ t1[(crc >>> 8) & 0xff]! ^ t0[crc & 0xff]!;
  }
  return crc >>> 0;
}

/**
 * CRC of `length` bytes of one value, as of erased flash; the length must be a multiple of 4. By doubling: 20 steps for 4 MiB.
 *
 * A word w makes (crc ^ w) * x^32 of crc, in polynomials modulo the CRC's own. So n words make crc * x^32n ^ w * (x^32 ^ x^64 ^ ... ^ x^32n).
 */
export function stm32CrcOfFill(value: number, length: number): number {
  if (length % 4 !== 0) throw new RangeError(`the CRC unit takes whole words, got ${length} bytes`);
  const word = value * 0x0101_0101;
  let crc = CRC_INITIAL;
  // Of a run of 1, 2, 4, ... words: what it multiplies by, and the sum that it multiplies w by.
  let factor: number = CRC_POLYNOMIAL; // x^32
  let sum = factor;
  for (let words = length / 4; words > 0; words = Math.floor(words / 2)) {
    if (words % 2 === 1) crc = multiply(crc, factor) ^ multiply(word, sum);
    sum ^= multiply(sum, factor);
    factor = multiply(factor, factor);
  }
  return crc >>> 0;
}

/** Product of two polynomials modulo the CRC's own. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 31; bit >= 0; bit--) {
    product = product & 0x8000_0000 ? (product << 1) ^ CRC_POLYNOMIAL : product << 1;
    if ((b >>> bit) & 1) product ^= a;
  }
  return product;
}
