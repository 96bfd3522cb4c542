/** Frames, host to chip: AN4221 rev 14, AN3155 rev 20 and AN4286 rev 15. Pure: numbers in, bytes out. Multi-byte fields go most significant byte first. */

const xorOf = (bytes: Uint8Array, end: number): number => {
  let sum = 0;
  for (let i = 0; i < end; i++) sum ^= bytes[i]!;
  return sum;
};

/** Fills in the last byte, so that the XOR over the whole frame is 0. */
const sealed = (frame: Uint8Array): Uint8Array => {
  const last = frame.length - 1;
  frame[last] = xorOf(frame, last);
  return frame;
};

/** A single byte and its complement: an opcode, or a count of one byte. */
export const complementFrame = (byte: number): Uint8Array => Uint8Array.of(byte, byte ^ 0xff);

/** How commands begin on I2C and UART. */
export const PLAIN = { commandFrame: complementFrame } as const;

/** What a command begins with on SPI, and what wakes the bootloader there. */
export const START_OF_FRAME = 0x5a;

/** How commands begin on SPI. */
export const FRAMED = {
  commandFrame: (opcode: number) => Uint8Array.of(START_OF_FRAME, ...complementFrame(opcode)),
} as const;

/** An address, a size, a polynomial or an initial value: 32 bits and their XOR. */
export const wordFrame = (value: number): Uint8Array =>
  sealed(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value, 0));

/** N-1 for N = 1..256 bytes or sectors, and its complement. */
export const countFrame = (count: number): Uint8Array => complementFrame(count - 1);

/**
 * N-1, the N data bytes (1..256), XOR over all of these. The data is put where words begin and summed by words: this is done for each
 * block of a write while the bus waits.
 */
export function dataFrame(data: Uint8Array): Uint8Array {
  const start = 4;
  const buffer = new ArrayBuffer(start + data.length + 1);
  const frame = new Uint8Array(buffer, start - 1);
  frame[0] = data.length - 1;
  frame.set(data, 1);
  const words = new Uint32Array(buffer, start, data.length >>> 2);
  let sum = 0;
  for (let i = 0; i < words.length; i++) sum ^= words[i]!;
  let last = frame[0] ^ sum ^ (sum >>> 8) ^ (sum >>> 16) ^ (sum >>> 24);
  for (let i = words.length * 4; i < data.length; i++) last ^= data[i]!;
  frame[data.length + 1] = last;
  return frame;
}

/** Two bytes and their XOR: a page count of Erase (count - 1, or a special code). */
export const halfWordFrame = (value: number): Uint8Array => sealed(Uint8Array.of(value >>> 8, value, 0));

const pageBytes = (pages: readonly number[]): number[] => pages.flatMap((page) => [page >>> 8, page & 0xff]);

/** Erase on I2C, second frame: two bytes a page, XOR over the list only. */
export const pageListFrame = (pages: readonly number[]): Uint8Array =>
  sealed(Uint8Array.of(...pageBytes(pages), 0));

/** Erase 0x44 on UART: count - 1, the list, one XOR over both. */
export const countedPageListFrame = (pages: readonly number[]): Uint8Array =>
  sealed(Uint8Array.of((pages.length - 1) >>> 8, pages.length - 1, ...pageBytes(pages), 0));

/** Erase 0x43: one byte a page, at most 255 pages below 256. */
export const legacyPageListFrame = (pages: readonly number[]): Uint8Array =>
  sealed(Uint8Array.of(pages.length - 1, ...pages, 0));

/** Erase 0x43, everything. The second byte must be 00: with anything else the ROM answers ACK and erases nothing. */
export const LEGACY_MASS_ERASE = Uint8Array.of(0xff, 0x00);

/** Write Protect on I2C, second frame: XOR over the codes only, so a list of one code has the code as its checksum. */
export const sectorListFrame = (sectors: readonly number[]): Uint8Array =>
  sealed(Uint8Array.of(...sectors, 0));

/** Write Protect on UART: the count is part of the frame and of its checksum. */
export const countedSectorListFrame = (sectors: readonly number[]): Uint8Array =>
  sealed(Uint8Array.of(sectors.length - 1, ...sectors, 0));

/** Unknown to every bootloader but well formed: answered with NACK at a command boundary. */
export const PROBE_FRAME = complementFrame(0xff);
