/** How fast SPI may be. */

/** AN2606 rev 70, on all products that print one. */
export const MAX_HZ = 8_000_000;
export const MIN_HZ = 1_000;
/** Most boards are driven slower than the chip's limit; a host on real H7 parts uses this. */
export const DEFAULT_HZ = 1_000_000;
/** What a spidev word delay can hold. */
export const MAX_GAP_US = 255;
