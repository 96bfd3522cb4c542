/**
 * What a command of the bootloader says to its link. A command is a generator; each `yield` is a wait for the host, and is answered with
 * the bytes of the frame asked for (nothing for a status or a reply).
 */
import { ACK, NACK } from "./opcodes.js";

/** How many bytes the frame has in all, as far as the first `have` bytes tell; more than `have` while it cannot be said. */
export type Measure = (bytes: Uint8Array, have: number) => number;

export type Ask =
  /** A frame of the host. `idle`: a new command, for which there is no time-out. */
  | { readonly want: "frame"; readonly name: string; readonly measure: Measure; readonly idle: boolean }
  /** A status byte, ready at `readyMs`. `busy`: until then BUSY is sent, else the clock is stretched (I2C). */
  | { readonly want: "status"; readonly byte: number; readonly readyMs: number; readonly busy: boolean }
  /** Bytes for the host, of a length that it must know. */
  | { readonly want: "reply"; readonly name: string; readonly bytes: Uint8Array };

export type Dialogue<T = void> = Generator<Ask, T, Uint8Array>;

const NONE = -Infinity;
const ACK_NOW: Ask = { want: "status", byte: ACK, readyMs: NONE, busy: false };
const NACK_NOW: Ask = { want: "status", byte: NACK, readyMs: NONE, busy: false };

export function* ack(): Dialogue {
  yield ACK_NOW;
}

export function* nack(): Dialogue {
  yield NACK_NOW;
}

export function* status(byte: number, readyMs: number, busy: boolean): Dialogue {
  yield { want: "status", byte, readyMs, busy };
}

export function* reply(name: string, bytes: Uint8Array): Dialogue {
  yield { want: "reply", name, bytes };
}

const fixed = (name: string, length: number, idle = false): Ask => ({
  want: "frame",
  name,
  measure: () => length,
  idle,
});

const COMMAND = fixed("command", 2, true);
const ADDRESS = fixed("address", 5);
const WORD = fixed("word", 5);
const LENGTH = fixed("length", 2);

/** Opcode and complement. @returns undefined when they do not belong together */
export function* takeCommand(): Dialogue<number | undefined> {
  const [opcode, complement] = yield COMMAND;
  return (opcode! ^ complement!) === 0xff ? opcode : undefined;
}

/** XOR over all bytes is 00. */
export const xorFits = (bytes: Uint8Array): boolean => {
  let sum = 0;
  for (const byte of bytes) sum ^= byte;
  return sum === 0;
};

export const wordAt = (bytes: Uint8Array, at = 0): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;

/** Four bytes, most significant first, and their XOR. @returns undefined when the XOR is wrong */
export function* takeWord(name: "address" | "word" = "word"): Dialogue<number | undefined> {
  const bytes = yield name === "address" ? ADDRESS : WORD;
  return xorFits(bytes) ? wordAt(bytes) : undefined;
}

/** One byte and its complement. @returns undefined when the complement is wrong */
export function* takeCount(): Dialogue<number | undefined> {
  const [count, complement] = yield LENGTH;
  return (count! ^ complement!) === 0xff ? count : undefined;
}

/** A frame whose length its first bytes tell. */
export function* takeFrame(name: string, measure: Measure): Dialogue<Uint8Array> {
  return yield { want: "frame", name, measure, idle: false };
}
