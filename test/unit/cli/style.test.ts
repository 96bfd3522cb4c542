import { describe, expect, it } from "vitest";
import { styleOf, wantsColour } from "../../../src/cli/style.js";
import { FakeOutput } from "./fake-io.js";

const terminal = new FakeOutput(true);
const pipe = new FakeOutput(false);

describe("colour", () => {
  it("is for terminals", () => {
    expect(wantsColour(terminal, {})).toBe(true);
    expect(wantsColour(pipe, {})).toBe(false);
    expect(wantsColour(terminal, { TERM: "dumb" })).toBe(false);
  });

  it("NO_COLOR turns it off, also against FORCE_COLOR; an empty NO_COLOR says nothing", () => {
    expect(wantsColour(terminal, { NO_COLOR: "1" })).toBe(false);
    expect(wantsColour(terminal, { NO_COLOR: "1", FORCE_COLOR: "1" })).toBe(false);
    expect(wantsColour(terminal, { NO_COLOR: "" })).toBe(true);
  });

  it("FORCE_COLOR turns it on for a pipe, FORCE_COLOR=0 off for a terminal", () => {
    expect(wantsColour(pipe, { FORCE_COLOR: "1" })).toBe(true);
    expect(wantsColour(terminal, { FORCE_COLOR: "0" })).toBe(false);
  });

  it("without it text is text", () => {
    expect(styleOf(pipe, {}).green("OK")).toBe("OK");
    expect(styleOf(terminal, {}).green("OK")).toBe("\u001B[32mOK\u001B[39m");
  });
});

describe("drawing", () => {
  it("needs a terminal that can move its cursor", () => {
    expect(styleOf(terminal, {}).live).toBe(true);
    expect(styleOf(terminal, { TERM: "dumb" }).live).toBe(false);
    expect(styleOf(pipe, { FORCE_COLOR: "1" }).live).toBe(false);
  });

  it("uses line characters where the locale has them", () => {
    expect(styleOf(terminal, { LANG: "de_DE.UTF-8" }).bar.full).toBe("━");
    expect(styleOf(terminal, { LANG: "C" }).bar.full).toBe("#");
    expect(styleOf(terminal, { LC_ALL: "C", LANG: "en_GB.UTF-8" }).bar.full).toBe("#");
  });
});

it.each([
  [0, 80],
  [undefined, 80],
  [7, 20],
  [40, 40],
  [200, 200],
])("a terminal of %s columns is taken as %i wide", (columns, width) => {
  const output = { isTTY: true, columns, write: () => true } as never;
  expect(styleOf(output, {}).columns).toBe(width);
});
