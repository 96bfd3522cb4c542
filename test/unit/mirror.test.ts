/** Whoever looks for the tests of a file finds them at the same place below test/unit. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/sources.js";

/** In the other rooms some tests hold several files to one rule, and are named after that. */
const ROOMS = ["flash", "protocol", "transport"];

/** Of all commands, from the documents. */
const OF_SEVERAL_FILES = ["protocol/vectors"];

/** "flash/look/check" of test/unit/flash/look/check.test.ts. */
const tests = ROOMS.flatMap((room) =>
  readdirSync(join(ROOT, "test/unit", room), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(room, name.replace(/\.test\.ts$/, ""))),
);

describe("test/unit mirrors src", () => {
  it.each(["compare", "check"])("%s of flash/look has its tests", (name) => {
    expect(tests).toContain(`flash/look/${name}`);
  });

  it.each(["flash/write/finish", "flash/write/survey", "flash/run/retry"])("%s has its tests", (name) => {
    expect(tests).toContain(name);
  });

  it("a test of a room is named after the file that it tests", () => {
    const others = tests.filter((name) => !existsSync(join(ROOT, "src", `${name}.ts`)));
    expect(others.filter((name) => !OF_SEVERAL_FILES.includes(name))).toEqual([]);
  });
});
