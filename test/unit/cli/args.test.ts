import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAddress, parseRange, parseSeconds, parseSize, parseWhole } from "../../../src/cli/args.js";

describe("sizes", () => {
  it.each([
    ["4096", 4096],
    ["0x1000", 4096],
    ["0X1000", 4096],
    ["0x0800_0000", 0x0800_0000],
    ["16k", 16384],
    ["16K", 16384],
    ["16KiB", 16384],
    ["2M", 2 << 20],
    ["1G", 2 ** 30],
  ])("%s is %i", (text, value) => {
    expect(parseSize(text)).toBe(value);
  });

  it.each(["", " ", "k", "-1", "1.5k", "0x", "0xg", "16 k", "1e3", "16kk", "Infinity", "４"])(
    "%j is refused",
    (text) => {
      expect(() => parseSize(text)).toThrow("A size is expected, like 4096, 0x1000, 16k or 2M.");
    },
  );

  it("0 is refused", () => {
    expect(() => parseSize("0")).toThrow("A size of 0 makes no sense here.");
  });

  it("more than the address space is refused", () => {
    expect(() => parseSize("0x100000001")).toThrow("more than the 4 GiB");
  });

  it("hexadecimal and decimal agree for every number", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0xffff_ffff }), (value) => {
        expect(parseSize(`0x${value.toString(16)}`)).toBe(value);
        expect(parseSize(`${value}`)).toBe(value);
      }),
    );
  });
});

describe("addresses and ranges", () => {
  it("a range is START:LENGTH, half-open", () => {
    expect(parseRange("0x08000000:16k")).toEqual({ start: 0x0800_0000, end: 0x0800_4000 });
    expect(parseRange("0:1")).toEqual({ start: 0, end: 1 });
    expect(parseRange("0xFFFFFFFF:1")).toEqual({ start: 0xffff_ffff, end: 0x1_0000_0000 });
  });

  it.each(["0x08000000", "1:2:3", ""])("%j is refused with an example", (text) => {
    expect(() => parseRange(text)).toThrow(
      "START:LENGTH is expected, like 0x08000000:16k, or FIRST-LAST, like 0x08000000-0x08003FFF.",
    );
  });

  it("a range may be said by its first and last byte, as map files have it", () => {
    expect(parseRange("0x08000000-0x08003FFF")).toEqual({ start: 0x0800_0000, end: 0x0800_4000 });
    expect(() => parseRange("0x08000010-0x0800000F")).toThrow("The range ends before it begins.");
  });

  it("0x left away is told, and not taken as decimal", () => {
    expect(() => parseRange("08000000:1k")).toThrow("like 0x08000000: 0x is missing.");
    expect(() => parseAddress("0800C000")).toThrow("like 0x0800C000: 0x is missing.");
    expect(parseAddress("0")).toBe(0);
  });

  it("says which half is wrong", () => {
    expect(() => parseRange("x:1")).toThrow("An address is expected, like 0x08000000.");
    expect(() => parseRange("0:x")).toThrow("A size is expected");
    expect(() => parseRange("0:0")).toThrow("A size of 0");
    expect(() => parseRange("0xFFFFFFFF:2")).toThrow("beyond the chip's 32-bit address space");
  });

  it("an address beyond 32 bits is refused", () => {
    expect(() => parseAddress("0x100000000")).toThrow("beyond the chip's 32-bit address space");
  });
});

describe("other words", () => {
  it("times are seconds, or milliseconds when they say so", () => {
    expect(parseSeconds("5")).toBe(5000);
    expect(parseSeconds("0.5")).toBe(500);
    expect(parseSeconds("5s")).toBe(5000);
    expect(parseSeconds("200ms")).toBe(200);
    expect(() => parseSeconds("-1")).toThrow("A time is expected, like 5, 0.5 or 200ms.");
  });

  it("whole numbers stay within their limits", () => {
    expect(parseWhole("7", 0, 7)).toBe(7);
    expect(() => parseWhole("8", 0, 7)).toThrow("A whole number from 0 to 7 is expected.");
    expect(() => parseWhole("0x1", 0, 7)).toThrow("A whole number");
  });
});
