import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { VERBS } from "../../../src/cli/verbs.js";

const root = new URL("../../../", import.meta.url).pathname;
const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith(".md"),
);
const text = (page: string): string => readFileSync(join(root, page), "utf8");

/** As GitHub makes anchors of headings. */
const anchors = (page: string): string[] =>
  [...text(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

describe("documentation", () => {
  it.each(pages)("links of %s lead somewhere", (page) => {
    for (const [, link] of text(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link!)) continue;
      const [path, anchor] = link!.split("#") as [string, string?];
      const target = path === "" ? page : join(dirname(page), path);
      expect(existsSync(join(root, target)), `${page}: ${link!}`).toBe(true);
      if (anchor !== undefined) expect(anchors(target), `${page}: ${link!}`).toContain(anchor);
    }
  });

  it.each(VERBS.map(({ name }) => name))("docs/cli.md has the verb %s in its table", (name) => {
    expect(text("docs/cli.md")).toMatch(new RegExp(`^\\| .*\`${name}[ \`]`, "m"));
  });
});
