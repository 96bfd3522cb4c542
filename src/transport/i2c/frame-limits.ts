/** Lengths of I2C messages, in bytes, that the bootloader's protocol asks of an adapter. */

/** The longest there are: 256 bytes with count and checksum, and 256 bytes read (AN4221 rev 14, Write and Read Memory). */
export const MAX_WRITE = 258;
export const MAX_READ = 256;
/**
 * The least it gets along with: the answer to Get has 21 bytes and may grow, Write Memory of 16 bytes has 18.
 * No message up to this length is ever too long.
 */
export const LEAST_MESSAGE = 32;
