/** What differs between transports, stated once for each bus. */
import { MAX_READ, MAX_WRITE } from "./i2c/frame-limits.js";

export interface Traits {
  /** "message": the reader must know the length beforehand (I2C, SPI). "byte": it may read on (UART). */
  readonly framing: "message" | "byte";
  /** Whose manual the bootloader behind it follows: AN4221, AN3155 or AN4286. What that means is in protocol/dialect. */
  readonly dialect: "i2c" | "uart" | "spi";
  /** Most bytes of one write step and of one read step, checksum included. Largest the protocol has: 258 and 256 (Erase lists may be longer on UART). */
  readonly maxWrite: number;
  readonly maxRead: number;
}

export const I2C_TRAITS: Traits = {
  framing: "message",
  dialect: "i2c",
  maxWrite: MAX_WRITE,
  maxRead: MAX_READ,
};

/** Frames as on I2C (AN4286 rev 15); a start of frame more in front of an opcode. */
export const SPI_TRAITS: Traits = {
  framing: "message",
  dialect: "spi",
  maxWrite: MAX_WRITE,
  maxRead: MAX_READ,
};

/** A stream has no limit; the longest frame is an Erase list of 512 pages, 1027 bytes (AN3155 rev 20, Extended Erase). */
export const UART_TRAITS: Traits = {
  framing: "byte",
  dialect: "uart",
  maxWrite: 4096,
  maxRead: 256,
};
