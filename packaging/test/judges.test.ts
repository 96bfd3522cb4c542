/** What the field's own tools say about the packed package. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { installTools, ROOT } from "../zig.mjs";
import { packed } from "./packed.js";

const folder = mkdtempSync(join(tmpdir(), "bootlace-judges-"));
const tool = (name: string, ...args: string[]): string =>
  execFileSync(join(ROOT, "packaging/node_modules/.bin", name), args, { cwd: folder, encoding: "utf8" });
let tarball = "";

beforeAll(() => {
  installTools(join(ROOT, "packaging"));
  tarball = packed(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

it("publint finds nothing", () => {
  expect(tool("publint", "run", tarball, "--strict")).toContain("All good!");
});

it("the types are right for every way of resolving (attw)", () => {
  expect(tool("attw", tarball)).toContain("No problems found");
});

it("the tarball is under 2 MB", () => {
  expect(statSync(tarball).size).toBeLessThan(2_000_000);
});
