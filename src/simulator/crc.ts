/**
 * The CRC unit of the chip in its reset configuration (RM0444, CRC calculation unit): 32-bit words, most significant bit
 * first, no reversal, no final XOR. The ROM feeds it little-endian words (AN4221 rev 14, Get Checksum).
 */
export const DEFAULT_POLYNOMIAL = 0x04c1_1db7;
export const DEFAULT_INITIAL = 0xffff_ffff;

const tables = new Map<number, Uint32Array>();

/** CRC of one byte shifted through, for each byte value; built once per polynomial. */
const tableOf = (polynomial: number): Uint32Array => {
  const known = tables.get(polynomial);
  if (known) return known;
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000_0000 ? (crc << 1) ^ polynomial : crc << 1;
    return crc >>> 0;
  });
  tables.set(polynomial, table);
  return table;
};

/** @param bytes length a multiple of 4 */
export const crcOfWords = (
  bytes: Uint8Array,
  polynomial = DEFAULT_POLYNOMIAL,
  initial = DEFAULT_INITIAL,
): number => {
  const table = tableOf(polynomial);
  let crc = initial | 0;
  for (let at = 0; at < bytes.length; at += 4) {
    for (let byte = 3; byte >= 0; byte--) {
      crc = (crc << 8) ^ table[((crc >>> 24) ^ bytes[at + byte]!) & 0xff]!;
    }
  }
  return crc >>> 0;
};
