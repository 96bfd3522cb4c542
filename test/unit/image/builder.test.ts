import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_SEGMENTS } from "../../../src/image/builder.js";
import { hexRecord } from "../../../src/image/write-hex.js";
import { ascii, imageOf, parse, plain, rejection, sparseParts } from "./support.js";

const scattered = (pieces: number): Uint8Array => {
  const parts = [];
  for (let index = 0; index < pieces; index++) {
    if (index % 0x4000 === 0) parts.push(hexRecord(4, 0, [index >> 22, (index >> 14) & 0xff]));
    parts.push(hexRecord(0, (index % 0x4000) * 4, [1]));
  }
  return ascii([...parts, ":00000001FF"].join("\n"));
};

describe("a sparse image", () => {
  it("costs nothing for the space between its segments", () => {
    const image = imageOf([0, [1]], [0xffff_ffff, [2]]);
    expect(image.segments.map(({ bytes }) => bytes.buffer.byteLength)).toEqual([2, 2]);
    expect([image.start, image.end, image.byteLength]).toEqual([0, 2 ** 32, 2]);
  });

  it("may fall into many pieces, but not without end", () => {
    expect(parse(scattered(MAX_SEGMENTS)).segments.length).toBe(MAX_SEGMENTS);
    const error = rejection(() => parse(scattered(MAX_SEGMENTS + 1)));
    expect(error.message).toBe(`fw, line 65542: the image falls into more than 65536 separate pieces`);
    expect(error.context).toMatchObject({ line: 65_542, address: 0x4_0000 });
  });

  it("takes one segment written backwards, byte by byte", () => {
    const records = Array.from({ length: 0xffff }, (_, index) =>
      hexRecord(0, 0xfffe - index, [index & 0xff]),
    );
    const image = parse(ascii([...records, ":00000001FF"].join("\n")));
    expect(image.segments.length).toBe(1);
    expect([...image.read(0, 3, 0)]).toEqual([0xfe, 0xfd, 0xfc]);
    expect(image.notes.placeOf!(0)).toEqual({ line: 0xffff });
  });

  it("takes parts that agree wherever they overlap, and names an address where two differ", () => {
    // Few different values, so that overlaps often agree.
    const value = fc.integer({ min: 0, max: 1 });
    const part = fc.tuple(fc.nat(30), fc.array(value, { minLength: 1, maxLength: 8 }));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const values = new Map<number, Set<number>>();
        let total = 0;
        for (const [address, bytes] of parts)
          bytes.forEach((byte, index) => {
            values.set(address + index, (values.get(address + index) ?? new Set()).add(byte));
            total++;
          });
        const differ = [...values].filter(([, given]) => given.size > 1).map(([address]) => address);
        if (differ.length > 0) {
          expect(differ).toContain(rejection(() => imageOf(...parts)).context.address);
          return;
        }
        const image = imageOf(...parts);
        expect(image.byteLength).toBe(values.size);
        for (const [address, given] of values) expect(image.read(address, 1, 9)[0]).toBe([...given][0]);
        const doubled = total - values.size;
        expect(image.notes.remarks!.length).toBe(doubled > 0 ? 1 : 0);
        if (doubled > 0) expect(image.notes.remarks![0]).toContain(`${doubled} byte`);
      }),
      { numRuns: 500 },
    );
  });

  it("knows the place of every byte that it has, and of no other", () => {
    fc.assert(
      fc.property(sparseParts(2000), (parts) => {
        const records = parts.map(([address, bytes]) => hexRecord(0, address, bytes.subarray(0, 255)));
        const image = parse(ascii([...records.reverse(), ":00000001FF"].join("\n")));
        for (let address = 0; address < 2400; address++) {
          const at = parts.findIndex(
            ([start, bytes]) => address >= start && address < start + Math.min(bytes.length, 255),
          );
          expect(image.notes.placeOf!(address)).toEqual(at < 0 ? undefined : { line: parts.length - at });
        }
      }),
      { numRuns: 20 },
    );
  });

  it("gives views of any range, and fills what is missing", () => {
    const image = imageOf([4, [1, 2]], [8, [3]]);
    expect([...image.read(3, 7, 0xff)]).toEqual([0xff, 1, 2, 0xff, 0xff, 3, 0xff]);
    expect(image.within(5, 9).map(({ address, bytes }) => [address, [...bytes]])).toEqual([
      [5, [2]],
      [8, [3]],
    ]);
    expect(plain(imageOf())).toEqual([]);
  });
});
