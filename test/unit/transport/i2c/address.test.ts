import { describe, expect, it } from "vitest";
import { isI2cAddress, parseI2cAddress } from "../../../../src/transport/i2c/address.js";

describe("an I2C address", () => {
  it("is written in hexadecimal with 0x", () => {
    expect(parseI2cAddress("0x56")).toBe(0x56);
    expect(parseI2cAddress("0X08")).toBe(0x08);
    expect(parseI2cAddress("0x78")).toBe(0x78);
  });

  it.each([
    ["56", ': "56" could mean 0x56 or 0x38 (decimal 56).'],
    ["86", ': "86" could mean 0x43 (the 7 bits of 0x86) or 0x56 (decimal 86).'],
    ["3B", ", like 0x3B."],
    ["AC", ", like 0x56 (the 7 bits of 0xAC)."],
    ["100", ", like 0x64 (decimal 100)."],
    ["", ", like 0x56."],
    ["0x", ", like 0x56."],
    ["0x156", ", like 0x56."],
    ["5", ", like 0x56."],
    ["0x56 ", ", like 0x56."],
  ])("%j is refused, and what it could mean is said", (text, what) => {
    expect(() => parseI2cAddress(text)).toThrow(
      `A 7-bit I2C address is written in hexadecimal with 0x${what}`,
    );
  });

  it("in 8-bit form is told in 7 bits", () => {
    expect(() => parseI2cAddress("0xAC")).toThrow(
      "I2C addresses have 7 bits here; as an 8-bit address it is 0x56 in 7 bits.",
    );
  });

  it("is none of the reserved low ones", () => {
    expect(() => parseI2cAddress("0x07")).toThrow("I2C reserves the addresses below 0x08.");
    expect([0x07, 0x08, 0x7f, 0x80, 8.5, Number.NaN].map(isI2cAddress)).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
