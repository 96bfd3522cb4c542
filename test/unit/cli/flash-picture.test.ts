import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flashPicture } from "../../../src/cli/flash-picture.js";
import type { PageAction } from "../../../src/flash/events.js";

const flashOf = (pages: number, size = 2048) =>
  Array.from({ length: pages }, (_, index) => ({
    index,
    address: 0x0800_0000 + index * size,
    size,
    bank: 1 as const,
  }));

const planned = (index: number, action: PageAction, partial?: "rest is read and put back") => ({
  index,
  address: 0x0800_0000 + index * 2048,
  size: 2048,
  action,
  ...(partial && { partial }),
});

describe("the picture of the flash", () => {
  it("has a character for each page and says what it means", () => {
    const plan = [
      planned(0, "keep"),
      planned(1, "erase and write"),
      planned(2, "write"),
      planned(3, "erase"),
      planned(4, "erase and write", "rest is read and put back"),
    ];
    expect(flashPicture(flashOf(36), plan, 40)).toBe(
      [
        "0x08000000  =Wwep...........",
        "0x08008000  ................",
        "0x08010000  ....",
        "each character is one page:",
        "  .  not touched",
        "  =  kept, holds the right bytes",
        "  e  erased",
        "  w  written, is blank",
        "  W  erased and written",
        "  p  erased and written, the rest put back",
        "",
      ].join("\n"),
    );
  });

  it("shows blocks of many pages by what happens to any of them", () => {
    const picture = flashPicture(flashOf(1024), [planned(0, "keep"), planned(5, "write")], 79);
    expect(picture).toMatch(/^0x08000000 {2}=\.w\./);
    expect(picture).toContain("each character is 2 pages:");
    expect(picture.split("\n").filter((line) => line.startsWith("0x"))).toHaveLength(8);
  });

  it("is as wide as the terminal at most, has at most eight rows, and no page is left out", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 30, max: 200 }), (pages, columns) => {
        const lines = flashPicture(flashOf(pages), [planned(pages - 1, "erase and write")], columns).split(
          "\n",
        );
        const rows = lines.filter((line) => line.startsWith("0x"));
        for (const row of rows) expect(row.length).toBeLessThanOrEqual(columns);
        expect(rows.length).toBeLessThanOrEqual(8);
        expect(rows.at(-1)!.endsWith("W")).toBe(true);
      }),
    );
  });
});
