/** Pieces of segments: together with the edges they are the segment, and not more of them than may be asked about. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { grainBytes, grainsOf } from "../../../../src/flash/look/grains.js";
import { noise } from "../../../support/sim-target.js";

const segment = fc
  .tuple(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 9000 }))
  .map(([offset, length]) => ({ address: 0x0800_0000 + offset, bytes: noise(length, 5) }));
const grain = fc.constantFrom(2048, 4096, 8192);

describe("grains", () => {
  it("are whole words, none longer than asked, and with the edges all of the segment, in order", () => {
    fc.assert(
      fc.property(segment, grain, (given, most) => {
        const { grains, edges } = grainsOf(given, most);
        for (const { address, bytes } of grains) {
          expect([address % 4, bytes.length % 4]).toEqual([0, 0]);
          expect(bytes.length).toBeLessThanOrEqual(most);
        }
        const parts = [...grains, ...edges].sort((a, b) => a.address - b.address);
        expect(parts.flatMap(({ bytes }) => [...bytes])).toEqual([...given.bytes]);
        let at = given.address;
        for (const { address, bytes } of parts) {
          expect(address).toBe(at);
          at += bytes.length;
        }
      }),
    );
  });

  it("are as small as the number of answers allows, and 2 KiB at least", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 21 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 8, max: 300 }),
        (bytes, segments, most) => {
          const size = grainBytes(bytes, segments, most);
          expect(size).toBeGreaterThanOrEqual(2048);
          if (size < bytes) expect(bytes / size + segments).toBeLessThanOrEqual(most);
          if (size > 2048) expect(bytes / (size / 2) + segments).toBeGreaterThan(most);
        },
      ),
    );
  });
});
