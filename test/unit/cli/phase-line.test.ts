import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { percentOf, phaseLine, plainLine } from "../../../src/cli/phase-line.js";
import { PhaseTracker, type PhaseState } from "../../../src/cli/phase-tracker.js";
import { Screen } from "../../../src/cli/screen.js";
import { styleOf } from "../../../src/cli/style.js";
import { FakeOutput, plain } from "./fake-io.js";

const half: PhaseState = {
  phase: "write",
  unit: "bytes",
  total: 14131,
  done: 7065,
  elapsedMs: 500,
  ended: false,
};
const ended: PhaseState = { ...half, done: 14131, elapsedMs: 1000, ended: true, detail: "by checksum" };
const styleFor = (columns: number) => styleOf(new FakeOutput(true, columns), { LANG: "C" });

describe("the line of a phase", () => {
  it("says what, how far, how much, how fast and how long", () => {
    expect(plain(phaseLine(half, styleFor(80)))).toBe(
      "Write     #######.........   49 %   6.9 of 13.8 KiB    13.8 KiB/s       0.5 s",
    );
    expect(plain(phaseLine(ended, styleFor(100)))).toBe(
      "Write     ##############################  100 %    13.8 KiB    13.8 KiB/s     1.0 s  by checksum",
    );
  });

  it("never reaches the last column, whatever the numbers", () => {
    const state = fc.record({
      phase: fc.constantFrom("compare", "preserve", "erase", "write", "verify", "read", "leave"),
      unit: fc.constantFrom("bytes", "pages"),
      total: fc.integer({ min: 0, max: 0xffff_ffff }),
      done: fc.integer({ min: 0, max: 0xffff_ffff }),
      elapsedMs: fc.integer({ min: 0, max: 10_000_000 }),
      ended: fc.boolean(),
      detail: fc.option(fc.string({ unit: "grapheme-ascii", maxLength: 90 }), { nil: undefined }),
    }) as fc.Arbitrary<PhaseState>;
    fc.assert(
      fc.property(state, fc.integer({ min: 20, max: 200 }), (any, columns) => {
        expect(plain(phaseLine(any, styleFor(columns))).length).toBeLessThan(columns);
      }),
    );
  });

  it("says how much time is left once that can be known", () => {
    const slow = { ...half, total: 2_097_152, done: 524_288, elapsedMs: 60_000 };
    expect(plain(phaseLine(slow, styleFor(90)))).toBe(
      "Write     #####.................   25 %  512 KiB of 2 MiB     8.5 KiB/s  3 min 0 s left",
    );
    expect(plainLine(slow)).toBe("Write     25 %, 512 KiB of 2 MiB, 8.5 KiB/s, 1 min 0 s, 3 min 0 s left");
    expect(plainLine({ ...slow, elapsedMs: 2000 })).toContain("6 s left");
    expect(plainLine({ ...slow, elapsedMs: 999 })).not.toContain("left");
    expect(plainLine({ ...slow, done: 1000 })).not.toContain("left");
    expect(plainLine({ ...slow, ended: true })).not.toContain("left");
  });

  it("on a narrow terminal leaves the rate away first, then the amount, then the bar", () => {
    const parts = [80, 60, 40, 25].map((columns) => plain(phaseLine(half, styleFor(columns))));
    expect(parts).toEqual([
      "Write     #######.........   49 %   6.9 of 13.8 KiB    13.8 KiB/s       0.5 s",
      "Write     ####......   49 %   6.9 of 13.8 KiB       0.5 s",
      "Write     ######.......   49 %  0.5 s",
      "Write      49 %  0.5 s",
    ]);
  });

  it("is not at 100 % before the phase has ended", () => {
    expect(percentOf({ ...half, done: half.total })).toBe(99);
    expect(percentOf(ended)).toBe(100);
  });

  it("is words where nothing can be drawn", () => {
    expect(plainLine(half)).toBe("Write     49 %, 6.9 of 13.8 KiB, 13.8 KiB/s, 0.5 s");
    expect(plainLine({ ...half, unit: "pages", total: 7, done: 7, ended: true })).toBe(
      "Write     100 %, 7 pages, 0.5 s",
    );
  });
});

describe("the tracker", () => {
  it("counts the time of the phase that runs and keeps that of one that ended", () => {
    let now = 1000;
    const tracker = new PhaseTracker(() => now);
    tracker.take({ type: "start", phase: "erase", total: 3, unit: "pages" });
    now = 1200;
    tracker.take({ type: "progress", phase: "erase", done: 1, total: 3 });
    expect(tracker.state).toMatchObject({ done: 1, elapsedMs: 200, ended: false });
    tracker.take({ type: "end", phase: "erase", done: 3, elapsedMs: 333 });
    now = 9999;
    expect(tracker.state).toMatchObject({ done: 3, elapsedMs: 333, ended: true });
  });
});

describe("the screen", () => {
  it("draws at most every 50 ms, however often it is told", () => {
    let now = 0;
    const output = new FakeOutput(true);
    const screen = new Screen(output, styleOf(output, {}), () => now);
    screen.live("a", () => `at ${now}`);
    for (now = 1; now <= 200; now++) screen.redraw();
    screen.close();
    expect(output.text.match(/at \d+/g)).toEqual(["at 0", "at 50", "at 100", "at 150", "at 200"]);
  });

  it("heeds a terminal that was made narrower: what it folded is cleared as well", () => {
    const output = new FakeOutput(true, 80);
    const screen = new Screen(output, styleOf(output, {}), () => 0);
    screen.live("a", () => "x".repeat(79));
    Object.assign(output, { columns: 40, text: "" });
    screen.print("note");
    expect(output.text).toMatch(/^\u001B\[1A\r\u001B\[Jnote\n/);
    expect(styleOf(output, {}).columns).toBe(40);
  });

  it("keeps live lines in the order of the targets", () => {
    const output = new FakeOutput(true);
    const screen = new Screen(output, styleOf(output, {}), () => 0, ["a", "b", "c"]);
    for (const key of ["c", "a", "b"]) screen.live(key, () => key);
    screen.print("note");
    screen.close();
    expect(output.text).toContain("note\na\nb\nc");
  });

  it("prints above the live line and leaves what settles", () => {
    const output = new FakeOutput(true);
    const screen = new Screen(output, styleOf(output, {}), () => 0);
    screen.live("a", () => "bar");
    screen.print("note");
    screen.settle("a", "done");
    expect(output.text).toBe("bar\r\u001B[Jnote\nbar\r\u001B[Jdone\n");
  });

  it("draws nothing into a pipe", () => {
    const output = new FakeOutput(false);
    const screen = new Screen(output, styleOf(output, {}), () => 0);
    screen.live("a", () => "bar");
    screen.print("note");
    screen.close();
    expect(output.text).toBe("note\n");
  });
});
