import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mergeResults } from "../../../bench/results.js";
import { markdownTable, refused, type Result } from "../../../bench/row.js";

const ROOT = new URL("../../../", import.meta.url).pathname;
const result = (what: string, measured: string, date?: string): Result => ({
  row: "row",
  what,
  measured,
  toReach: "",
  reached: undefined,
  figures: {},
  date,
});

describe("results of a run", () => {
  it("take the place of the same rows before, in their order, with their own date", () => {
    const before = [result("a", "old", "2026-01-01"), result("b", "old", "2026-01-01")];
    expect(mergeResults(before, [result("c", "new"), result("b", "new")], "2026-02-02")).toEqual([
      result("a", "old", "2026-01-01"),
      result("b", "new", "2026-02-02"),
      result("c", "new", "2026-02-02"),
    ]);
  });

  it("leave what was there where the row was refused, and are not kept without figures", () => {
    const before = [result("a", "old", "2026-01-01")];
    const fresh = [refused("row", "a", "busy"), refused("row", "b", "busy")];
    expect(mergeResults(before, fresh, "2026-02-02")).toEqual(before);
  });

  it("say in the table that a row was refused and why", () =>
    expect(markdownTable([refused("row", "a", "the machine was busy")])).toContain(
      "| a | refused: the machine was busy |  |  |  |",
    ));
});

describe("README.md", () => {
  it("has the table of bench/results as it is", () => {
    const folder = join(ROOT, "bench/results");
    const tables = readdirSync(folder)
      .filter((name) => name.endsWith(".md"))
      .map((name) => readFileSync(join(folder, name), "utf8").split("\n\n")[1]!.trim());
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    expect(tables.filter((table) => readme.includes(table))).toHaveLength(1);
  });
});
