import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BoundDriver } from "../../../src/host/bound-driver.js";
import { planScan } from "../../../src/host/scan-policy.js";

const boundAt = (address: number): BoundDriver => ({
  address,
  driver: "at24",
  device: `1-00${address.toString(16)}`,
  unbindCommand: "",
});
const addresses = fc.array(fc.integer({ min: 0x08, max: 0x77 }));

describe("planning a scan", () => {
  it("asks known addresses once, in order, and leaves EEPROM addresses out", () => {
    const plan = planScan({ known: [0x56, 0x44, 0x39, 0x44], bound: [], all: false });
    expect(plan).toEqual({ ask: [0x39, 0x44], skip: [{ address: 0x56, why: "eeprom" }] });
  });

  it("asks EEPROM addresses when told to ask all", () => {
    expect(planScan({ known: [0x50, 0x57], bound: [], all: true }).ask).toEqual([0x50, 0x57]);
  });

  it("never asks an address that a driver owns, also when told to ask all", () => {
    const owner = boundAt(0x50);
    expect(planScan({ known: [0x50], bound: [owner], all: true })).toEqual({
      ask: [],
      skip: [{ address: 0x50, why: "owned", owner }],
    });
  });

  it("puts every known address into exactly one of the two lists", () => {
    fc.assert(
      fc.property(addresses, addresses, fc.boolean(), (known, owned, all) => {
        const { ask, skip } = planScan({ known, bound: owned.map(boundAt), all });
        const both = [...ask, ...skip.map(({ address }) => address)].sort((a, b) => a - b);
        expect(both).toEqual([...new Set(known)].sort((a, b) => a - b));
        expect(ask.some((address) => owned.includes(address))).toBe(false);
      }),
    );
  });
});
