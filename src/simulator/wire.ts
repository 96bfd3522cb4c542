/** How long things take on the wire: for anyone who serves a chip in simulated or paced time. Pure functions. */

/** START, address byte, `lengthBytes` bytes of 9 bits each and STOP, in ms. START and STOP are counted as one bit each. */
export const i2cFrameMs = (lengthBytes: number, clockHz: number): number =>
  ((2 + 9 * (1 + lengthBytes)) * 1000) / clockHz;

/** START and address byte: where a chip begins to stretch a read. */
export const i2cAddressMs = (clockHz: number): number => (10 * 1000) / clockHz;

/** One byte on SPI and the gap behind it. */
export const spiByteMs = (clockHz: number, gapUs: number): number => 8000 / clockHz + gapUs / 1000;

/** One character: start bit, 8 data bits, parity where there is one, stop bit. */
export const uartCharacterMs = (baudRate: number, parity: "even" | "none"): number =>
  ((parity === "even" ? 11 : 10) * 1000) / baudRate;
