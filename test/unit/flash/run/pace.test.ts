import { describe, expect, it } from "vitest";
import { Pace } from "../../../../src/flash/run/pace.js";

/** Lists at `commandMs` a command. @returns their lengths */
function lists(pace: Pace, commandMs: number, count: number): number[] {
  return Array.from({ length: count }, () => {
    const { commands } = pace;
    pace.took(commands, commands * commandMs);
    return commands;
  });
}

describe("the length of a list", () => {
  it("is what takes about half a second, from the second or third list on", () => {
    expect(lists(new Pace(), 7.5, 4)).toEqual([4, 16, 60, 60]);
    expect(lists(new Pace(), 26, 3)).toEqual([4, 16, 17]);
  });

  it("is one command at least and 64 at most, also where no time passes", () => {
    expect(lists(new Pace(), 400, 2)).toEqual([4, 1]);
    expect(lists(new Pace(), 0, 5)).toEqual([4, 16, 64, 64, 64]);
  });

  it("comes down at once when the bus gets slower", () => {
    const pace = new Pace();
    lists(pace, 2, 3);
    pace.took(64, 640);
    expect(pace.commands).toBe(45);
  });

  it("does not grow much after a short last list", () => {
    const pace = new Pace();
    pace.took(1, 2);
    expect(pace.commands).toBe(4);
  });
});
