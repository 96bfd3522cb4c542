/** What differs between transports, stated once for each bus. */
import { MAX_READ, MAX_WRITE } from "./i2c/frame-limits.js";

export interface Traits {
  /** "message": the reader must know the length beforehand (I2C). "byte": it may read on (UART). */
  readonly framing: "message" | "byte";
  /** Whose manual the bootloader behind it follows: AN4221 or AN3155. What that means is in protocol/dialect. */
  readonly dialect: "i2c" | "uart";
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

/** A stream has no limit; the longest frame is an Erase list of 512 pages, 1027 bytes (AN3155 rev 20, Extended Erase). */
export const UART_TRAITS: Traits = {
  framing: "byte",
  dialect: "uart",
  maxWrite: 4096,
  maxRead: 256,
};
