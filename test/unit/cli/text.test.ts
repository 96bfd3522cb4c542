import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesText, plural, rateText, table, timeText, wrap } from "../../../src/cli/text.js";

describe("numbers for people", () => {
  it("bytes", () => {
    expect([0, 1, 40, 1023, 1024, 14131, 131072, 1 << 20, 2.5 * 1024 * 1024].map(bytesText)).toEqual([
      "0 bytes",
      "1 byte",
      "40 bytes",
      "1023 bytes",
      "1 KiB",
      "13.8 KiB",
      "128 KiB",
      "1 MiB",
      "2.5 MiB",
    ]);
  });

  it("times", () => {
    expect([0, 40, 3400, 59_949, 65_000].map(timeText)).toEqual([
      "0.0 s",
      "0.0 s",
      "3.4 s",
      "59.9 s",
      "1 min 5 s",
    ]);
  });

  it("rates and plurals", () => {
    expect(rateText(1024, 500)).toBe("2 KiB/s");
    expect(plural(1, "page")).toBe("1 page");
    expect(plural(2, "page")).toBe("2 pages");
  });
});

describe("tables and paragraphs", () => {
  it("a table has aligned columns and no blanks at line ends", () => {
    expect(
      table([
        ["a", "b"],
        ["long", ""],
        ["x", "yy"],
      ]),
    ).toBe("a     b\nlong\nx     yy\n");
  });

  it("wrapped lines are never longer than asked for, unless one word is, and nothing is lost", () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 20, max: 80 }), (words, columns) => {
        const wrapped = wrap(words.join(" "), columns, 4);
        for (const line of wrapped.split("\n")) expect(line.length).toBeLessThanOrEqual(columns);
        expect(wrapped.split(/\s+/)).toEqual(words);
      }),
    );
  });

  it("lines after the first are indented", () => {
    expect(wrap("try: one two", 9, 5)).toBe("try: one\n     two");
  });
});
