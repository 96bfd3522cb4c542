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
    const files = [...row.matchAll(/`([^`]+)`/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
  });
});
