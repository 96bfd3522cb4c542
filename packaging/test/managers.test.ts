/** Package managers install the packed package where there is no compiler, and what they installed works. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runTool, type ToolResult } from "../../test/fake-i2c-dev/run-tool.js";
import { installTools, ROOT } from "../zig.mjs";
import { packed } from "./packed.js";

const TOOLS = join(ROOT, "packaging");
const scratch = mkdtempSync(join(tmpdir(), "bootlace-managers-"));
const bin = join(scratch, "bin");
let tarball = "";

/** A PATH with Node, a shell and what npm needs; no compiler, no make, no python. */
function barePath(): void {
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, "node"));
  const npm = dirname(process.execPath);
  for (const name of ["npm", "npx"]) symlinkSync(join(npm, name), join(bin, name));
  for (const name of ["sh", "dirname", "basename", "uname", "sed", "env", "readlink", "cat"])
    symlinkSync(
      ["/bin", "/usr/bin"].map((f) => join(f, name)).find((p) => readdirSync(dirname(p)).includes(name))!,
      join(bin, name),
    );
}

beforeAll(() => {
  installTools(TOOLS);
  barePath();
  tarball = packed(scratch);
});
afterAll(() => rmSync(scratch, { recursive: true }));

function empty(name: string): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "name": "use", "private": true, "version": "1.0.0" }\n');
  return folder;
}

const run = (cwd: string, command: string, ...args: string[]): Promise<ToolResult> =>
  runTool(
    command,
    args,
    { PATH: bin, HOME: scratch, NO_COLOR: "1", CI: "1", COREPACK_ENABLE_STRICT: "0" },
    { cwd, timeoutMs: 300_000 },
  );

/** The command and its addon: it gets as far as asking for a bus. */
async function works(cwd: string, command: string, ...args: string[]): Promise<void> {
  expect((await run(cwd, command, ...args, "--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await run(cwd, command, ...args, "info", "--port", "sim:stm32g071")).status).toBe(0);
  expect((await run(cwd, command, ...args, "funcs", "250")).stderr).toContain("[NO_DEVICE]");
  expect((await run(cwd, command, ...args, "info", "--port", "serial:/dev/null")).stderr).toContain(
    "[NO_DEVICE]",
  );
}

describe("without a compiler", () => {
  it("there is none", async () => {
    for (const name of ["cc", "gcc", "g++", "make", "python3"])
      await expect(run(scratch, name, "--version"), name).rejects.toThrow("ENOENT");
  });

  it("npm install", async () => {
    const folder = empty("npm");
    const { status, stderr } = await run(folder, "npm", "install", tarball);
    expect(stderr).not.toMatch(/bootlace@.*\b(preinstall|install|postinstall):/);
    expect(status).toBe(0);
    await works(folder, join(folder, "node_modules/.bin/bootlace"));
  });

  it("npm install where serialport has no binary: it is left out, and all else works", async () => {
    const folder = empty("npm-riscv64");
    const env = { PATH: bin, HOME: scratch, npm_config_arch: "riscv64", npm_config_platform: "linux" };
    const { status } = await runTool("npm", ["install", "--foreground-scripts", tarball], env, {
      cwd: folder,
      timeoutMs: 300_000,
    });
    expect(status).toBe(0);
    const command = join(folder, "node_modules/.bin/bootlace");
    expect((await run(folder, command, "info", "--port", "sim:stm32g071")).status).toBe(0);
  });

  it("npm install -g", async () => {
    const folder = empty("global");
    expect((await run(folder, "npm", "install", "-g", "--prefix", folder, tarball)).status).toBe(0);
    await works(folder, join(folder, "bin/bootlace"));
  });

  it("npx", async () => {
    const folder = empty("npx");
    const { status, stdout } = await run(folder, "npx", "--yes", "-p", tarball, "bootlace", "--version");
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  });

  it("pnpm, which is told that serialport's install script may run", async () => {
    const folder = empty("pnpm");
    const pnpm = join(TOOLS, "node_modules/.bin/pnpm");
    const { status, stdout, stderr } = await run(
      folder,
      pnpm,
      "add",
      "--allow-build=@serialport/bindings-cpp",
      tarball,
    );
    expect([status, stdout, stderr]).toEqual([0, expect.anything(), expect.anything()]);
    await works(folder, join(folder, "node_modules/.bin/bootlace"));
  });

  it("yarn 1", async () => {
    const folder = empty("yarn1");
    const { status } = await run(folder, join(TOOLS, "node_modules/yarn/bin/yarn.js"), "add", tarball);
    expect(status).toBe(0);
    await works(folder, join(folder, "node_modules/.bin/bootlace"));
  });

  it("yarn 4, with its own way of resolving", async () => {
    const folder = empty("yarn4");
    writeFileSync(join(folder, "yarn.lock"), "");
    const yarn = join(TOOLS, "node_modules/@yarnpkg/cli-dist/bin/yarn.js");
    const { status, stdout } = await run(folder, process.execPath, yarn, "add", `bootlace@file:${tarball}`);
    expect([status, stdout]).toEqual([0, expect.anything()]);
    await works(folder, process.execPath, yarn, "bootlace");
  });
});
