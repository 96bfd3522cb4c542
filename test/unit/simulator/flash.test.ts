/** NOR flash, as properties: whatever a host does, bits move one way until a page is erased. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Flash } from "../../../src/simulator/flash.js";
import { seededBytes } from "../../../src/simulator/random.js";
import { DUAL_BANK, F405, FLASH, G071, L072 } from "./chips.js";
import type { ChipFacts } from "../../../src/simulator/facts.js";

/** Four pages of 32 bytes: a whole chip fits in a counterexample. */
const tiny = (granule: number, erasedValue: 0xff | 0x00): ChipFacts["flash"] => ({
  base: FLASH,
  size: 128,
  pages: [0, 1, 2, 3].map((index) => ({ address: FLASH + index * 32, size: 32, bank: 1 as const, index })),
  banks: 1,
  granule,
  lengthAlign: granule,
  erasedValue,
  massErase: true,
});

const writes = (granule: number) =>
  fc.array(
    fc.record({
      granuleAt: fc.integer({ min: 0, max: 128 / granule - 1 }),
      data: fc
        .uint8Array({ minLength: granule, maxLength: 32 })
        .map((data) => data.slice(0, data.length - (data.length % granule))),
    }),
    { minLength: 1, maxLength: 12 },
  );

describe.each([
  ["FF", 0xff],
  ["00", 0x00],
] as const)("flash that is %s when erased", (_name, erased) => {
  it.each([4, 8, 16])("granule %i: bits never come back without an erase", (granule) => {
    fc.assert(
      fc.property(writes(granule), (list) => {
        const flash = new Flash(tiny(granule, erased));
        for (const { granuleAt, data } of list) {
          const before = flash.bytes.slice();
          flash.program(FLASH + granuleAt * granule, data);
          const wrong = flash.bytes.findIndex((now, at) => {
            const old = before[at]!;
            return (erased === 0xff ? now & old : now | old) !== now;
          });
          expect(wrong).toBe(-1);
        }
      }),
    );
  });

  it.each([4, 8, 16])(
    "granule %i: a blank granule takes the data, another one is reported unless it holds the same",
    (granule) => {
      fc.assert(
        fc.property(writes(granule), (list) => {
          const flash = new Flash(tiny(granule, erased));
          for (const { granuleAt, data } of list) {
            const offset = granuleAt * granule;
            const fits = data.subarray(0, 128 - offset);
            const before = flash.bytes.slice(offset, offset + fits.length);
            const granules = Array.from({ length: fits.length / granule }, (_, at) => at * granule);
            const firstBad = granules.find((at) => {
              const old = before.subarray(at, at + granule);
              return !old.every((byte) => byte === erased) && !old.every((byte, i) => byte === fits[at + i]);
            });
            const { notErased, storedBytes } = flash.program(FLASH + offset, data);
            expect(storedBytes).toBe(fits.length);
            expect(notErased).toBe(firstBad === undefined ? undefined : FLASH + offset + firstBad);
            if (firstBad === undefined) expect(flash.bytes.slice(offset, offset + fits.length)).toEqual(fits);
          }
        }),
      );
    },
  );

  it("an erase brings back its page and no other", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 128, maxLength: 128 }),
        fc.integer({ min: 0, max: 3 }),
        (data, index) => {
          const flash = new Flash(tiny(8, erased));
          flash.poke(FLASH, data);
          flash.erase(flash.facts.pages[index]!);
          const expected = data.slice().fill(erased, index * 32, index * 32 + 32);
          expect(flash.bytes).toEqual(expected);
        },
      ),
    );
  });
});

describe("mixing old and new", () => {
  it("stores old AND new where erased is FF", () => {
    const flash = new Flash(tiny(4, 0xff));
    flash.program(FLASH, Uint8Array.of(0xf0, 0xff, 0x0f, 0x00));
    expect(flash.program(FLASH, Uint8Array.of(0x3c, 0x55, 0xff, 0xff))).toEqual({
      notErased: FLASH,
      storedBytes: 4,
    });
    expect([...flash.bytes.subarray(0, 4)]).toEqual([0x30, 0x55, 0x0f, 0x00]);
  });

  it("stores old OR new where erased is 00", () => {
    const flash = new Flash(tiny(4, 0x00));
    flash.program(FLASH, Uint8Array.of(0xf0, 0x01, 0x00, 0x00));
    flash.program(FLASH, Uint8Array.of(0x3c, 0x02, 0x00, 0x01));
    expect([...flash.bytes.subarray(0, 4)]).toEqual([0xfc, 0x03, 0x00, 0x01]);
  });

  it("what runs past the end is lost", () => {
    const flash = new Flash(tiny(4, 0xff));
    expect(flash.program(FLASH + 124, new Uint8Array(8))).toEqual({ storedBytes: 4 });
  });

  it("reports every change to whoever keeps the memory", () => {
    const flash = new Flash(tiny(8, 0xff));
    const changes: [number, number][] = [];
    flash.onChange = (offset, bytes) => changes.push([offset, bytes.length]);
    flash.program(FLASH + 8, new Uint8Array(16));
    flash.erase(flash.facts.pages[1]!);
    flash.scramble(flash.facts.pages[2]!, seededBytes(1));
    expect(changes).toEqual([
      [8, 16],
      [32, 32],
      [64, 32],
    ]);
  });
});

describe("finding pages", () => {
  it.each([G071, F405, L072, DUAL_BANK])("finds the page of every address ($name)", ({ flash: facts }) => {
    const flash = new Flash(facts);
    const found = facts.pages.map(({ address }) => flash.pageAt(address)?.index);
    const foundAtEnd = facts.pages.map(({ address, size }) => flash.pageAt(address + size - 1)?.index);
    expect(found).toEqual(facts.pages.map(({ index }) => index));
    expect(foundAtEnd).toEqual(found);
    expect(flash.pageAt(facts.base - 1)).toBeUndefined();
    expect(flash.pageAt(flash.end)).toBeUndefined();
  });

  it("a gap between banks is no flash", () => {
    const facts = tiny(8, 0xff);
    const pages = facts.pages.map((page) =>
      page.index < 2 ? page : { ...page, address: page.address + 64, bank: 2 as const },
    );
    const flash = new Flash({ ...facts, pages });
    expect(flash.has(FLASH + 64)).toBe(false);
    expect(flash.has(FLASH + 128)).toBe(true);
    expect(flash.bytes).toHaveLength(192);
  });
});
