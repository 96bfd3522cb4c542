/**
 * Messages of one combined I2C transaction: START, message, repeated START, message, ..., STOP, but for what flags change.
 * Any that i2c-dev takes: Linux, Documentation/i2c/dev-interface.rst and include/uapi/linux/i2c.h.
 */

import { BYTES, checkArgument, FLAG, isObject, type Kind, listOf, NUMBER, shape } from "../../arguments.js";
import { BootlaceError } from "../../errors.js";
import type { Length } from "./limits.js";

/** Flags of a message. Each needs a functionality bit (I2C_FUNC in i2c-functionality.ts). */
export const I2C_MESSAGE_FLAG = {
  /** 10-bit address; needs I2C_FUNC_10BIT_ADDR. */
  tenBit: 0x0010,
  /** The following need I2C_FUNC_PROTOCOL_MANGLING. */
  noReadAck: 0x0800,
  ignoreNak: 0x1000,
  reverseDirection: 0x2000,
  /** STOP after this message, so that the next begins with a START and not with a repeated one. */
  stop: 0x8000,
  /** No START and no address before this message; needs I2C_FUNC_NOSTART. */
  noStart: 0x4000,
} as const;

export interface MessageHead {
  /** 7 bits, or 10 with the flag tenBit. */
  readonly address: number;
  /** I2C_MESSAGE_FLAG, added up. */
  readonly flags?: number;
}

export interface I2cWriteMessage extends MessageHead {
  readonly write: Uint8Array;
}

export interface I2cReadMessage extends MessageHead {
  /** Bytes to read, 0 to 8192. */
  readonly read: number;
}

/** The first byte says how many follow, at most 32 (I2C_M_RECV_LEN; needs I2C_FUNC_SMBUS_READ_BLOCK_DATA). */
export interface I2cReadBlockMessage extends MessageHead {
  readonly readBlock: {
    /** One more byte comes after the block: the packet error code. */
    readonly pec: boolean;
  };
}

export type I2cMessage = I2cWriteMessage | I2cReadMessage | I2cReadBlockMessage;

const WHAT: Readonly<Record<string, Kind>> = {
  write: BYTES,
  read: NUMBER,
  readBlock: shape("a block", { pec: FLAG }),
};
const HEAD = shape("a message", { address: NUMBER, flags: NUMBER }, ["address"]);
const MESSAGE: Kind = {
  says: "{ address, flags } with one of write: a Uint8Array, read: a number of bytes, readBlock: { pec }",
  fits: (value) => {
    if (!isObject(value) || !HEAD.fits(value)) return false;
    const [name, ...more] = Object.keys(WHAT).filter((what) => what in value);
    return name !== undefined && more.length === 0 && WHAT[name]!.fits(value[name]);
  },
};
const MESSAGES = listOf(MESSAGE);

const MAX_MESSAGES = 42;
const MAX_MESSAGE_BYTES = 8192;
const MAX_BLOCK_BYTES = 32;
const HEADER_BYTES = 8;
const READ = 0x0001;
const RECEIVE_LENGTH = 0x0400;
const ALL_FLAGS = Object.values(I2C_MESSAGE_FLAG).reduce((all, flag) => all | flag, 0);

/**
 * The form that native/i2c_bus.cpp reads: per message u16 address, u16 flags, u16 length, u8 first byte of a read's buffer
 * (what I2C_M_RECV_LEN wants there), u8 0, then the bytes of a write. Little-endian.
 * @throws BootlaceError USAGE for what is no such message and for what i2c-dev would refuse: more than 42 messages, more than 8192 bytes, a bad address or flag
 */
export const encodeMessages = (messages: readonly I2cMessage[]): Uint8Array => {
  checkArgument("messages", MESSAGES, messages);
  if (messages.length < 1 || messages.length > MAX_MESSAGES) {
    throw usage(`${messages.length} messages: i2c-dev takes 1 to ${MAX_MESSAGES}`);
  }
  const packed = new Uint8Array(messages.reduce((size, m) => size + HEADER_BYTES + writeLength(m), 0));
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const message of messages) {
    putHeader(view, at, message);
    if ("write" in message) packed.set(message.write, at + HEADER_BYTES);
    at += HEADER_BYTES + writeLength(message);
  }
  return packed;
};

/** The bytes of each reading message, in order. A block is cut to the length that came, its length byte included. */
export const splitMessageReads = (messages: readonly I2cMessage[], reads: Uint8Array): Uint8Array[] => {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const message of messages) {
    if ("write" in message) continue;
    const part = reads.subarray(at, (at += bufferLength(message)));
    parts.push(
      "read" in message ? part : part.subarray(0, Math.min(part[0]!, MAX_BLOCK_BYTES) + extraBytes(message)),
    );
  }
  return parts;
};

/** A block's length is not known before it comes, and is at most 34 bytes. */
export const messageLength = (message: I2cMessage): Length => {
  if ("write" in message) return { written: message.write.length };
  return { wanted: "read" in message ? message.read : 0 };
};

const writeLength = (message: I2cMessage): number => ("write" in message ? message.write.length : 0);

const extraBytes = (message: I2cReadBlockMessage): number => (message.readBlock.pec ? 2 : 1);

const bufferLength = (message: I2cMessage): number => {
  if ("write" in message) return message.write.length;
  return "read" in message ? message.read : MAX_BLOCK_BYTES + extraBytes(message);
};

const putHeader = (view: DataView, at: number, message: I2cMessage): void => {
  const { address, flags = 0 } = message;
  const length = bufferLength(message);
  if ((flags & ~ALL_FLAGS) !== 0) throw usage(`message flags 0x${flags.toString(16)}`);
  const highest = flags & I2C_MESSAGE_FLAG.tenBit ? 0x3ff : 0x7f;
  if (!inRange(address, highest)) throw usage(`address ${address}: 0 to ${highest}`);
  if (!inRange(length, MAX_MESSAGE_BYTES)) {
    throw usage(`a message of ${length} bytes: i2c-dev takes 0 to ${MAX_MESSAGE_BYTES}`);
  }
  view.setUint16(at, address, true);
  view.setUint16(at + 2, flags | directionOf(message), true);
  view.setUint16(at + 4, length, true);
  if ("readBlock" in message) view.setUint8(at + 6, extraBytes(message));
};

const directionOf = (message: I2cMessage): number => {
  if ("write" in message) return 0;
  return "read" in message ? READ : READ | RECEIVE_LENGTH;
};

const usage = (message: string): BootlaceError => new BootlaceError("USAGE", message);

const inRange = (value: number, most: number): boolean =>
  Number.isInteger(value) && value >= 0 && value <= most;
