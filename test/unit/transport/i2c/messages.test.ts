import { describe, expect, it } from "vitest";
import { BootlaceError } from "../../../../src/errors.js";
import {
  encodeMessages,
  I2C_MESSAGE_FLAG,
  splitMessageReads,
} from "../../../../src/transport/i2c/messages.js";
import type { I2cMessage } from "../../../../src/transport/i2c/messages.js";

describe("packed messages", () => {
  it("have a header of eight bytes each, and the bytes of a write", () => {
    const messages: I2cMessage[] = [
      { address: 0x50, write: Uint8Array.of(0xaa, 0xbb) },
      { address: 0x50, read: 0x123 },
      { address: 0x2ff, flags: I2C_MESSAGE_FLAG.tenBit | I2C_MESSAGE_FLAG.stop, write: new Uint8Array(0) },
      { address: 0x51, readBlock: { pec: false } },
      { address: 0x51, readBlock: { pec: true } },
    ];
    expect([...encodeMessages(messages)]).toEqual([
      ...[0x50, 0, 0, 0, 2, 0, 0, 0, 0xaa, 0xbb],
      ...[0x50, 0, 1, 0, 0x23, 1, 0, 0],
      ...[0xff, 2, 0x10, 0x80, 0, 0, 0, 0],
      ...[0x51, 0, 1, 4, 33, 0, 1, 0],
      ...[0x51, 0, 1, 4, 34, 0, 2, 0],
    ]);
  });

  const one: I2cMessage = { address: 1, read: 1 };
  it.each([
    [[], "0 messages: i2c-dev takes 1 to 42"],
    [Array<I2cMessage>(43).fill(one), "43 messages: i2c-dev takes 1 to 42"],
    [[{ address: 0x80, read: 1 }], "address 128: 0 to 127"],
    [[{ address: -1, read: 1 }], "address -1: 0 to 127"],
    [[{ address: 0x400, flags: 0x10, read: 1 }], "address 1024: 0 to 1023"],
    [[{ address: 1, read: 8193 }], "a message of 8193 bytes: i2c-dev takes 0 to 8192"],
    [[{ address: 1, write: new Uint8Array(8193) }], "a message of 8193 bytes: i2c-dev takes 0 to 8192"],
    [[{ address: 1, flags: 1, read: 1 }], "message flags 0x1"],
    [[{ address: 1, flags: 0x200, read: 1 }], "message flags 0x200"],
  ] as [I2cMessage[], string][])("are refused when i2c-dev would refuse them: %o", (messages, message) => {
    expect(() => encodeMessages(messages)).toThrow(new BootlaceError("USAGE", message));
  });
});

describe("what comes back", () => {
  it("is cut at the lengths of the reading messages, a block at the length that came", () => {
    const messages: I2cMessage[] = [
      { address: 1, read: 2 },
      { address: 1, write: Uint8Array.of(9) },
      { address: 1, readBlock: { pec: true } },
      { address: 1, read: 1 },
    ];
    const reads = new Uint8Array(2 + 34 + 1);
    reads.set([1, 2, 3, 0xa, 0xb, 0xc, 0xee]);
    reads[36] = 7;
    expect(splitMessageReads(messages, reads).map((part) => [...part])).toEqual([
      [1, 2],
      [3, 0xa, 0xb, 0xc, 0xee],
      [7],
    ]);
  });
});
