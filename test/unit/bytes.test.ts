import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, fromHex, sameBytes, toHex } from "../../src/bytes.js";

const anyBytes = fc.uint8Array({ maxLength: 40 });

describe("bytes", () => {
  it("are the same when length and all of them are", () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (a, b) => {
        expect(sameBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
        expect(sameBytes(a, Uint8Array.from(a))).toBe(true);
      }),
    );
  });

  it("come back from hexadecimal text, whatever its case", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
        expect(fromHex(toHex(bytes).toLowerCase())).toEqual(bytes);
      }),
    );
    expect(toHex(Uint8Array.of(0, 0x0a, 0xff))).toBe("000AFF");
  });

  it.each(["0", "0g", " 00", "0x00", "-1"])("are not made of %j", (text) => {
    expect(() => fromHex(text)).toThrow("not pairs of hexadecimal digits");
  });

  it("are put one behind the other", () => {
    const [one, two] = [Uint8Array.of(1, 2), Uint8Array.of(3)];
    expect(concat([one, two, one])).toEqual(Uint8Array.of(1, 2, 3, 1, 2));
    expect(concat([])).toEqual(new Uint8Array(0));
    expect(concat([one])).toBe(one);
  });
});
