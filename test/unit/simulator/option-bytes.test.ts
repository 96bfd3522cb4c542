/** Option bytes as they lie in memory: new chips, inverses, what a write and its interruption leave. */
import { describe, expect, it } from "vitest";
import { factoryOptions, interruptOptions, isIntact, levelOf, loadOptions, programOptions, protectedCodes, protectSectors, setLevel } from "../../../src/simulator/option-bytes.js"; // prettier-ignore
import { optionLayoutOf } from "../../../src/simulator/option-layouts.js";
import { text } from "./host.js";

const SERIES = [
  "F0",
  "F1",
  "F2",
  "F3",
  "F4",
  "F7",
  "L0",
  "L1",
  "L4",
  "L5",
  "G0",
  "G4",
  "C0",
  "U0",
  "U5",
  "WB",
  "WL",
  "H5",
  "H7",
  "C5",
];
const fresh = (series: string) => ({
  layout: optionLayoutOf(series),
  bytes: factoryOptions(optionLayoutOf(series), 128),
});

describe.each(SERIES)("a new %s", (series) => {
  it("is open and protects no sector", () => {
    const { layout, bytes } = fresh(series);
    expect(levelOf(bytes, layout)).toBe(0);
    expect(protectedCodes(bytes, layout)).toEqual([]);
    for (let at = 0; at < 8; at += 4) expect(isIntact(bytes, layout, at)).toBe(true);
  });

  it("has the level that was set, once it is loaded, and the sectors that were protected", () => {
    const { layout, bytes } = fresh(series);
    setLevel(bytes, layout, 1);
    expect(levelOf(bytes, layout)).toBe(1);
    expect(isIntact(bytes, layout, layout.rdpOffset)).toBe(true);
    setLevel(bytes, layout, 0);
    loadOptions(bytes, layout);
    expect(levelOf(bytes, layout)).toBe(0);
    const memory = { optionBytes: bytes, writeProtected: [] as readonly number[] };
    protectSectors(memory, layout, [1, 9]);
    expect([...protectedCodes(bytes, layout), ...memory.writeProtected]).toEqual([1, 9]);
    protectSectors(memory, layout, []);
    expect([...protectedCodes(bytes, layout), ...memory.writeProtected]).toEqual([]);
  });
});

it("L0 and L1 have the inverse in the upper half of each word, and a wrong one protects (RM0367, 3.8.2)", () => {
  const { layout, bytes } = fresh("L0");
  expect(text(bytes.subarray(0, 12))).toBe("AA 00 55 FF 70 80 8F 7F 00 00 FF FF");
  programOptions(bytes, layout, Uint8Array.of(0xaa, 0, 0, 0));
  expect(levelOf(bytes, layout)).toBe(1);
  const memory = { optionBytes: bytes, writeProtected: [] };
  protectSectors(memory, layout, [0, 16]);
  expect(text(bytes.subarray(8, 16))).toBe("01 00 FE FF 01 00 FE FF");
});

it("G0 and relatives compute the inverses, and keep the words beyond a short frame", () => {
  const { layout, bytes } = fresh("G0");
  const before = bytes.slice(8);
  programOptions(bytes, layout, Uint8Array.of(0xaa, 0xe1, 0xff, 0xde, 0, 0, 0, 0));
  expect(text(bytes.subarray(0, 8))).toBe("AA E1 FF DE 55 1E 00 21");
  expect(bytes.subarray(8)).toEqual(before);
});

it("F0, F1 and F3 are erased as a whole: what a short frame leaves out is lost", () => {
  const { layout, bytes } = fresh("F0");
  programOptions(bytes, layout, Uint8Array.of(0xaa, 0x55));
  expect(text(bytes.subarray(0, 4))).toBe("AA 55 FF FF");
});

it("registers in pairs are loaded from the second of each", () => {
  const { layout, bytes } = fresh("H7");
  expect(bytes[1]).toBe(0xaa);
  programOptions(bytes, layout, Uint8Array.of(1, 2, 3, 4, 0xff, 0xaa, 7, 8));
  expect(text(bytes.subarray(0, 8))).toBe("FF AA FF FF FF AA 07 08");
  loadOptions(bytes, layout);
  expect(text(bytes.subarray(0, 8))).toBe("FF AA 07 08 FF AA 07 08");
});

it.each(["F0", "F1", "F3", "F4", "L0", "L1", "L4", "G0", "C0"])(
  "power that goes between erase and program leaves a protected %s",
  (series) => {
    const { layout, bytes } = fresh(series);
    interruptOptions(bytes, layout);
    expect(levelOf(bytes, layout)).toBe(1);
  },
);
