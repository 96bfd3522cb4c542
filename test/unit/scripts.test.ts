/** Whoever moves or renames a file of src need not look into scripts/: nothing there matches modules by their names. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, sourcesOf } from "../support/sources.js";

/** What is built: when one of these moves, the build says that it is not there. */
const ENTRY_POINTS = [
  "src/index.ts",
  "src/simulator.ts",
  "src/contract.ts",
  "src/cli/main.ts",
  "src/cli/program.ts",
  "src/devices/rows", // data, a JSON file each
  "src/devices/options/rows", // the same
];

const nameOf = (path: string): string => basename(path).replace(/\.\w+$/, "");
const MODULES = new Set(sourcesOf().map(({ path }) => nameOf(path)));
const ENTRIES = new Set(ENTRY_POINTS.map(nameOf));

/** Paths below src, and file names that are those of a module: "src/cli/verbs.ts", "verbs.js", `rows\/g0`. */
function namedIn(text: string): string[] {
  const plain = text.replaceAll("\\", "");
  const paths = [...plain.matchAll(/\bsrc\/[\w/.-]*\w/g)].map(([path]) => path);
  const files = [...plain.matchAll(/([\w-]+)\.(?:ts|js|cjs)\b/g)].map(([, name]) => name!);
  return [
    ...paths.filter((path) => !ENTRY_POINTS.includes(path)),
    ...files.filter((name) => MODULES.has(name) && !ENTRIES.has(name)),
  ];
}

describe("scripts", () => {
  const scripts = readdirSync(join(ROOT, "scripts")).filter((name) => /\.\w?js$/.test(name));

  it("are there, and so are the entry points", () => {
    expect(scripts).toContain("build-js.mjs");
    expect(sourcesOf().map(({ path }) => path)).toEqual(
      expect.arrayContaining(ENTRY_POINTS.filter((path) => path.endsWith(".ts"))),
    );
  });

  it.each(scripts)("name no module of src but entry points: %s", (name) => {
    expect(namedIn(readFileSync(join(ROOT, "scripts", name), "utf8"))).toEqual([]);
  });

  it("would be found out", () => {
    expect(namedIn('"src/flash/write/plan.ts"')).toEqual(["src/flash/write/plan.ts", "plan"]);
    expect(namedIn(String.raw`filter: /^\.\/verbs\.js$/`)).toEqual(["verbs"]);
    expect(namedIn('entryPoints: ["src/cli/main.ts"]')).toEqual([]);
  });
});
