/** Lengths of I2C messages, in bytes, that the bootloader's protocol asks of an adapter. */

/** The longest there are: 256 bytes with count and checksum, and 256 bytes read (AN4221 rev 14, Write and Read Memory). */
export const MAX_WRITE = 258;
export const MAX_READ = 256;
/** The least it goes on with: 32 bytes of data; a write has framing and alignment on top. */
export const MIN_WRITE = 36;
export const MIN_READ = 32;
