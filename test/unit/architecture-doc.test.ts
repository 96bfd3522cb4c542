/** docs/architecture.md says where things are: they have to be there. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const doc = readFileSync(new URL("docs/architecture.md", root), "utf8");
const [, table = ""] = /## Where is what\n([^]*?)\n## /.exec(doc) ?? [];
const rows = table.split("\n").filter((line) => line.startsWith("| ") && !/^\| (question|-)/.test(line));

describe("the table of what is where", () => {
  it("answers the questions that a newcomer has", () => {
    expect(rows.length).toBeGreaterThanOrEqual(15);
  });

  it.each(rows)("%s", (row) => {
    const [, , where = "", what = ""] = row.split("|");
    const [files, [word]] = [namesIn(where), namesIn(what)];
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
    expect(readFileSync(new URL(files[0]!, root), "utf8")).toContain(word);
  });
});

/** What stands between backquotes. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
}
