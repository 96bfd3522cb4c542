import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stm32Crc, stm32CrcOfFill } from "../../../src/protocol/crc.js";

/** The loop of the CRC unit as AN4221 describes it: word by word, bit by bit. */
function slowCrc(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let crc = 0xffff_ffff;
  for (let at = 0; at < bytes.length; at += 4) {
    crc = (crc ^ view.getUint32(at, true)) >>> 0;
    for (let bit = 0; bit < 32; bit++) crc = (crc & 0x8000_0000 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1) >>> 0;
  }
  return crc;
}

const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => at);

describe("the CRC of the chip", () => {
  it.each([
    ["16 bytes 00 01 .. 0F", counting(16), 0x081b_46ca],
    ["256 bytes 00 01 .. FF", counting(256), 0xb7ec_66f4],
    ["4 bytes FF", new Uint8Array(4).fill(0xff), 0x0000_0000],
    ["16 bytes FF", new Uint8Array(16).fill(0xff), 0xa79c_3203],
    ["256 bytes FF", new Uint8Array(256).fill(0xff), 0x7bea_ea80],
    ["an erased page of 2048 bytes", new Uint8Array(2048).fill(0xff), 0x0174_5503],
    ["4 bytes 00", new Uint8Array(4), 0xc704_dd7b],
    ["ASCII", new TextEncoder().encode("STM32 bootloader"), 0x31c3_6f98],
    ["78 56 34 12", Uint8Array.of(0x78, 0x56, 0x34, 0x12), 0xdf8a_8a2b],
  ] as const)("of %s is the value of the reference", (_what, bytes, crc) => {
    expect(stm32Crc(bytes)).toBe(crc);
  });

  it("is what the unit's loop gives, for any words", () => {
    const words = fc
      .uint8Array({ minLength: 0, maxLength: 100 })
      .map((bytes) => bytes.subarray(0, bytes.length & ~3));
    fc.assert(fc.property(words, (bytes) => stm32Crc(bytes) === slowCrc(bytes)));
  });

  it("goes on from the result of what lies before", () => {
    const bytes = counting(64);
    expect(stm32Crc(bytes.subarray(20), stm32Crc(bytes.subarray(0, 20)))).toBe(stm32Crc(bytes));
  });

  it("of a filled range needs no buffer of its size", () => {
    expect(stm32CrcOfFill(0xff, 2048)).toBe(0x0174_5503);
    expect(stm32CrcOfFill(0x00, 10_000)).toBe(stm32Crc(new Uint8Array(10_000)));
    const anyFill = fc.property(fc.integer({ min: 0, max: 255 }), fc.nat(1500), (value, words) => {
      expect(stm32CrcOfFill(value, 4 * words)).toBe(stm32Crc(new Uint8Array(4 * words).fill(value)));
    });
    fc.assert(anyFill);
  });

  it("refuses what is not whole words", () => {
    expect(() => stm32Crc(new Uint8Array(5))).toThrow("the CRC unit takes whole words, got 5 bytes");
    expect(() => stm32CrcOfFill(0xff, 6)).toThrow("the CRC unit takes whole words, got 6 bytes");
  });

  it("is the same in the fixtures of the documents", () => {
    const { crc } = JSON.parse(
      readFileSync(new URL("../../fixtures/vectors.json", import.meta.url), "utf8"),
    ) as { crc: unknown };
    expect(JSON.stringify(crc)).toContain("081B46CA");
  });
});
