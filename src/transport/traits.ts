/** What differs between buses, stated once for each. The protocol reads this and never asks which bus it is on. */
import { MAX_READ, MAX_WRITE } from "./i2c/frame-limits.js";

export interface Traits {
  /** "message": the reader must know the length beforehand (I2C). "byte": it may read on (UART). */
  readonly framing: "message" | "byte";
  /** "address": being addressed is enough (I2C). "autobaud": a 0x7F has to be sent first (UART). */
  readonly opening: "address" | "autobaud";
  /** Get Version answers 3 bytes on UART, 1 on I2C (AN3155 and AN4221, Get Version). */
  readonly versionReplyBytes: 1 | 3;
  /** I2C sends the count of Erase and Write Protect as a frame of its own with its own checksum; UART sends one frame. */
  readonly countIsFrame: boolean;
  /** Get Checksum: UART counts 32-bit words and carries polynomial and initial value, I2C counts bytes and carries neither. */
  readonly checksumForm: "bytes" | "words-and-polynomial";
  /** Most bytes of one write step and of one read step, checksum included. Largest the protocol has: 258 and 256 (Erase lists may be longer on UART). */
  readonly maxWrite: number;
  readonly maxRead: number;
}

export const I2C_TRAITS: Traits = {
  framing: "message",
  opening: "address",
  versionReplyBytes: 1,
  countIsFrame: true,
  checksumForm: "bytes",
  maxWrite: MAX_WRITE,
  maxRead: MAX_READ,
};

/** A stream has no limit; the longest frame is an Erase list of 512 pages, 1027 bytes (AN3155 rev 20, Extended Erase). */
export const UART_TRAITS: Traits = {
  framing: "byte",
  opening: "autobaud",
  versionReplyBytes: 3,
  countIsFrame: false,
  checksumForm: "words-and-polynomial",
  maxWrite: 4096,
  maxRead: 256,
};
