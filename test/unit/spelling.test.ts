import { describe, expect, it } from "vitest";
import { nearestWord } from "../../src/spelling.js";

describe("what a misspelt word was meant to be", () => {
  it.each([
    ["prot", "port"],
    ["PORTS", "port"],
    ["adress", "address"],
  ])("%s is %s", (typed, meant) => {
    expect(nearestWord(typed, ["address", "baud", "port"])).toBe(meant);
  });

  it("is not guessed where nothing is near", () => {
    expect(nearestWord("x", ["address", "baud"])).toBeUndefined();
    expect(nearestWord("something", ["address", "baud"])).toBeUndefined();
    expect(nearestWord("baud", [])).toBeUndefined();
  });
});
