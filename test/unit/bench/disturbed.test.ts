import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { disturbance, MOST_OF_OWN_FRAMES } from "../../../bench/disturbed.js";

const run = (name: string, tookMs: number, framesMs: number) => ({ name, tookMs, framesMs });

describe("a row of the bench", () => {
  it("is refused where stm32flash took longer than its own frames, with both times", () =>
    expect(disturbance([run("the control", 1881, 1842), run("stm32flash", 4068, 3096)])).toBe(
      "stm32flash took 4.07 s, 1.31 of the 3.10 s that its own frames take; 1.03 at most: the machine was busy, measure again",
    ));

  it("is refused where the control did, and where both did", () => {
    expect(disturbance([run("the control", 2000, 1842), run("stm32flash", 3100, 3096)])).toMatch(
      /^the control took 2\.00 s, 1\.09 of the 1\.84 s that its own frames take; 1\.03/,
    );
    expect(disturbance([run("the control", 2000, 1842), run("stm32flash", 4068, 3096)])).toMatch(
      /^the control took .*; stm32flash took /,
    );
  });

  it("is refused where nothing was measured", () =>
    expect(disturbance([run("stm32flash", NaN, 3096)])).toContain("stm32flash took"));

  it("is taken up to 1.03 of the frames, whatever they take", () =>
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e6 }), fc.double({ min: 0.5, max: 2 }), (framesMs, ratio) => {
        const text = disturbance([run("stm32flash", framesMs * ratio, framesMs)]);
        expect(text === undefined).toBe((framesMs * ratio) / framesMs <= MOST_OF_OWN_FRAMES);
      }),
    ));
});

describe("the results that are kept", () => {
  const folder = new URL("../../../bench/results/", import.meta.url).pathname;
  const kept = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap(
      (name) =>
        (
          JSON.parse(readFileSync(join(folder, name), "utf8")) as {
            results: { what: string; figures: Record<string, number> }[];
          }
        ).results,
    );
  const runsOf = ({ floorMs, controlMs, stm32flashMs, stm32flashFloorMs }: Record<string, number>) => [
    ...(controlMs === undefined ? [] : [run("the control", controlMs, floorMs!)]),
    ...(stm32flashMs === undefined ? [] : [run("stm32flash", stm32flashMs, stm32flashFloorMs!)]),
  ];

  it("have no row that would be refused", () => {
    const judged = kept.filter(({ figures }) => runsOf(figures).length > 0);
    expect(judged.length).toBeGreaterThan(5);
    expect(judged.map(({ figures }) => disturbance(runsOf(figures))).filter(Boolean)).toEqual([]);
  });
});
