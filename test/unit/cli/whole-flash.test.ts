import { describe, expect, it } from "vitest";
import { chosenRanges } from "../../../src/cli/whole-flash.js";
import { CHIP } from "./fake-io.js";

const { base, end } = CHIP.geometry;

describe("what read and checksum take", () => {
  it("is the whole flash where nothing is said", () => {
    expect(chosenRanges(CHIP, undefined)).toEqual([{ start: base, end }]);
  });

  it.each([
    [base, end],
    [base + 8, base + 16],
    [0x1fff_0000, 0x1fff_8000], // another memory is for the chip to answer
    [end, end + 4],
    [0, 0x1_0000_0000],
  ])("is what was asked for: %i to %i", (start, stop) => {
    expect(chosenRanges(CHIP, { start, end: stop })).toEqual([{ start, end: stop }]);
  });

  it("is refused where it begins in the flash and goes on behind it", () => {
    expect(() => chosenRanges(CHIP, { start: base, end: end + 1 })).toThrow(
      "the range ends at 0x08001000 and the flash at 0x08000FFF",
    );
  });
});
