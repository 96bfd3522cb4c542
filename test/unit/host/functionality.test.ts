import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  functionalityRecord,
  functionalityTable,
  I2CDETECT_ROWS,
  OTHER_ROWS,
  shortFunctionality,
} from "../../../src/host/functionality.js";

describe("functionality of an adapter", () => {
  it("is printed in the rows of i2cdetect -F", () => {
    expect(functionalityTable("/dev/i2c-1", 0x0000_0001)).toEqual([
      "Functionalities implemented by /dev/i2c-1:",
      "I2C                              yes",
      "SMBus Quick Command              no",
      "SMBus Send Byte                  no",
      "SMBus Receive Byte               no",
      "SMBus Write Byte                 no",
      "SMBus Read Byte                  no",
      "SMBus Write Word                 no",
      "SMBus Read Word                  no",
      "SMBus Process Call               no",
      "SMBus Block Write                no",
      "SMBus Block Read                 no",
      "SMBus Block Process Call         no",
      "SMBus PEC                        no",
      "I2C Block Write                  no",
      "I2C Block Read                   no",
    ]);
  });

  it.each([
    [0x0eff_0009, "I2C"],
    [0x0eff_000d, "I2C, mangling"],
    [0x0eff_000f, "I2C, mangling, 10-bit"],
    [0x0eff_0008, "SMBus only"],
    [0, "none"],
    [0x0000_0006, "none"],
  ])("%i is %s in short", (mask, text) => {
    expect(shortFunctionality(mask)).toBe(text);
  });

  it("has one row for each bit, and each bit in one row", () => {
    const rows = [...I2CDETECT_ROWS, ...OTHER_ROWS];
    const bits = rows.map(({ bit }) => bit);
    expect(new Set(bits).size).toBe(rows.length);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    expect(bits.every((bit) => (bit & (bit - 1)) === 0)).toBe(true);
  });

  it("says yes in the record exactly for the bits that are set", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (mask) => {
        const record = functionalityRecord(mask);
        for (const { key, bit } of [...I2CDETECT_ROWS, ...OTHER_ROWS])
          expect(record[key]).toBe((mask & bit) !== 0);
      }),
    );
  });
});
