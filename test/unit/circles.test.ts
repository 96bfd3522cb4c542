/** No file of src imports one that leads back to it, not even for a type; the rooms of flash lie one above the other. */
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { sourcesOf } from "../support/sources.js";

type Imports = ReadonlyMap<string, readonly string[]>;

/** "./x.js" in `import ... from`, `export ... from` and `import()` is the file x.ts beside it. */
const importsOf = (path: string, text: string): string[] =>
  [...text.matchAll(/\b(?:from|import\()\s*"(\.[^"]+)\.js"/g)].map(([, name]) =>
    join(dirname(path), `${name}.ts`),
  );

/** The first way from a file back to itself, as the names of the files on it. */
function circleIn(imports: Imports): readonly string[] | undefined {
  const free = new Set<string>();
  const visit = (file: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (free.has(file)) return undefined;
    for (const next of imports.get(file) ?? []) {
      const circle = visit(next, [...way, file]);
      if (circle) return circle;
    }
    free.add(file);
    return undefined;
  };
  return [...imports.keys()].map((file) => visit(file, [])).find((circle) => circle !== undefined);
}

describe("imports in src", () => {
  const imports: Imports = new Map(sourcesOf().map(({ path, text }) => [path, importsOf(path, text)]));

  it("are found, each with its file", () => {
    expect(imports.get("src/cli/verbs.ts")).toContain("src/cli/commands/write.ts");
    expect([...imports.values()].flat().filter((file) => !imports.has(file))).toEqual([]);
  });

  it("go in no circle", () => {
    expect(circleIn(imports)).toBeUndefined();
  });

  it.each([
    [
      "look, chip and run know nothing of erase and write",
      /^src\/flash\/(look|chip|run)\//,
      /^src\/flash\/(erase|write)\//,
    ],
    ["erase knows nothing of write", /^src\/flash\/erase\//, /^src\/flash\/write\//],
  ])("go downwards in flash: %s", (_, below, above) => {
    const upward = [...imports].flatMap(([file, others]) =>
      below.test(file)
        ? others.filter((other) => above.test(other)).map((other) => `${file} -> ${other}`)
        : [],
    );
    expect(upward).toEqual([]);
  });

  it("would be told with the way, if they did", () => {
    const three = { a: ["b"], b: ["c"], c: ["b", "d"], d: [] };
    expect(circleIn(new Map(Object.entries(three)))).toEqual(["b", "c", "b"]);
  });
});
