/** What others install: the packed package has what it needs and nothing else, and works without a build. */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { runTool, type ToolResult } from "../fake-i2c-dev/run-tool.js";
import { scratchFolder } from "./cli-process.js";

const PROJECT = new URL("../../", import.meta.url).pathname;
const scratch = scratchFolder();
const DEPENDENCIES = ["commander", "node-gyp-build", "serialport", "@serialport"];
let files: string[] = [];
let installed = "";

const run = (command: string, args: readonly string[], cwd = PROJECT): Promise<ToolResult> =>
  runTool(command, args, { NO_COLOR: "1" }, { cwd, timeoutMs: 280_000 });

/** Packs and unpacks into node_modules of an empty project, with the dependencies beside it. */
beforeAll(async () => {
  expect((await run(process.execPath, ["scripts/copy-headers.mjs"])).status).toBe(0);
  const folder = scratch("project");
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  const pack = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder]);
  const [report] = JSON.parse(pack.stdout) as [{ filename: string; files: { path: string }[] }];
  files = report.files.map(({ path }) => path);
  const unpacked = await run("tar", ["-xf", report.filename], folder);
  expect(unpacked.stderr).toBe("");
  installed = join(folder, "node_modules", "bootlace");
  symlinkSync(join(folder, "package"), installed);
  // What `npm run prebuilds` made may be there or not: the addon is the one that was built here.
  rmSync(join(installed, "prebuilds"), { recursive: true, force: true });
  expect((await run(process.execPath, ["scripts/make-prebuilds.mjs", installed])).status).toBe(0);
  for (const name of DEPENDENCIES)
    symlinkSync(join(PROJECT, "node_modules", name), join(folder, "node_modules", name));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
}, 120_000);

describe("the package", { timeout: 300_000 }, () => {
  it("has the command, the library, its types, the addon and the papers", () => {
    for (const path of [
      "bin/bootlace.js",
      "bin/package.json",
      "dist/index.js",
      "dist/cli/main.cjs",
      "dist/cli/program.cjs",
      "dist/types/index.d.ts",
      "LICENSE",
      "README.md",
      "CHANGELOG.md",
      "package.json",
    ])
      expect(files).toContain(path);
  });

  it("has the sources of its addon, and else no sources, tests or build folders", () => {
    const allowed =
      /^(bin|dist|native|prebuilds|schema|docs)\/|^(scripts\/build-addon\.mjs|LICENSE|README\.md|CHANGELOG\.md|package\.json)$/;
    for (const path of ["native/i2c_bus.cpp", "native/node-api/napi.h"]) expect(files).toContain(path);
    expect(files.filter((path) => !allowed.test(path))).toEqual([]);
  });

  it("asks for no script at installation", () => {
    const { scripts } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
  });

  it("its command runs, and loads the addon that came with it", async () => {
    const bin = join(installed, "bin/bootlace.js");
    const version = await run(process.execPath, [bin, "--version"], scratch("project"));
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const funcs = await run(process.execPath, [bin, "funcs", "250"], scratch("project"));
    expect(funcs.stderr).toContain("[NO_DEVICE]");
  });

  it("its library writes and closes", async () => {
    const folder = scratch("project");
    writeFileSync(
      join(folder, "use.js"),
      `import { connect, parseImage } from "bootlace";
       const target = await connect("sim:stm32g071");
       const image = parseImage(new Uint8Array(512).fill(0x80), { file: "x", format: "bin", base: 0x08000000 });
       console.log((await target.write(image, { check: "off" })).outcome);
       await target.close();`,
    );
    expect(await run(process.execPath, ["use.js"], folder)).toMatchObject({ status: 0, stdout: "written\n" });
  });

  it("is required and imported alike, and only once in a program that does both", async () => {
    const folder = scratch("project");
    const write = `connect("sim:stm32g071").then(async (target) => {
      console.log((await target.info()).name.slice(0, 5), typeof allDevices);
      await target.close();
    })`;
    writeFileSync(join(folder, "use.cjs"), `const { connect, allDevices } = require("bootlace");\n${write}`);
    writeFileSync(join(folder, "use.mjs"), `import { connect, allDevices } from "bootlace";\n${write}`);
    writeFileSync(
      join(folder, "both.cjs"),
      `const required = require("bootlace");
       import("bootlace").then(({ BootlaceError }) => console.log(BootlaceError === required.BootlaceError));`,
    );
    for (const file of ["use.cjs", "use.mjs"])
      expect(await run(process.execPath, [file], folder)).toMatchObject({
        status: 0,
        stdout: "STM32 function\n",
      });
    if ("require_module" in process.features)
      expect((await run(process.execPath, ["both.cjs"], folder)).stdout).toBe("true\n");
    for (const entry of ["simulator", "contract"]) {
      const names = await run(
        process.execPath,
        [
          "-e",
          `const names = Object.keys(require("bootlace/${entry}")).sort().join();
           import("bootlace/${entry}").then((ns) => console.log(names === Object.keys(ns).filter((n) => n !== "default" && n !== "module.exports").sort().join() && names !== ""))`,
        ],
        folder,
      );
      expect(names.stdout).toBe("true\n");
    }
  });

  it("without serialport all works but a serial port, whose error says what to type", async () => {
    const folder = scratch("without-serialport");
    mkdirSync(join(folder, "node_modules"), { recursive: true });
    cpSync(installed, join(folder, "node_modules/bootlace"), { recursive: true, dereference: true });
    for (const name of ["commander", "node-gyp-build"])
      symlinkSync(join(PROJECT, "node_modules", name), join(folder, "node_modules", name));
    const bin = join(folder, "node_modules/bootlace/bin/bootlace.js");
    expect((await run(process.execPath, [bin, "info", "--port", "sim:stm32g071"], folder)).status).toBe(0);
    const refused = await run(process.execPath, [bin, "info", "--port", "/dev/ttyS0"], folder);
    expect(refused.status).toBe(18);
    expect(refused.stderr).toContain(
      "serialport, which opens serial ports, is not installed. [SERIALPORT_MISSING]",
    );
    expect(refused.stderr).toContain("`npm install serialport`");
  });

  it("where it has no binary the error names the platform, and the command it gives builds one", async () => {
    const folder = scratch("without-binary");
    const there = join(folder, "node_modules/bootlace");
    mkdirSync(join(folder, "node_modules"), { recursive: true });
    cpSync(installed, there, { recursive: true, dereference: true });
    rmSync(join(there, "prebuilds"), { recursive: true });
    symlinkSync(join(PROJECT, "node_modules/node-gyp-build"), join(folder, "node_modules/node-gyp-build"));
    const funcs = (): Promise<ToolResult> =>
      run(process.execPath, [join(there, "bin/bootlace.js"), "funcs", "250"], folder);
    const { status, stderr } = await funcs();
    expect(status).toBe(16);
    expect(stderr).toContain(`the native addon for ${process.platform}-${process.arch} cannot be loaded`);
    const command = /`(npm explore bootlace -- [^`]*)`/.exec(stderr)?.[1];
    const [program, ...words] = command!.split(" ");
    expect(await run(program!, words, folder)).toMatchObject({ status: 0 });
    expect((await funcs()).stderr).toContain("[NO_DEVICE]");
  });

  it.each(["mts", "cts"])("its types stand alone: no @types/node, no skipLibCheck (use.%s)", async (kind) => {
    const folder = scratch("bare-types");
    mkdirSync(join(folder, "node_modules"), { recursive: true });
    cpSync(installed, join(folder, "node_modules/bootlace"), { recursive: true, dereference: true });
    writeFileSync(
      join(folder, `use.${kind}`),
      `import { connect, type Target } from "bootlace";
       import { createChip } from "bootlace/simulator";
       import { transportContract } from "bootlace/contract";
       export const target: Promise<Target> = connect("sim:stm32g071");
       export const made = [createChip, transportContract];`,
    );
    const tsc = join(PROJECT, "node_modules/typescript/bin/tsc");
    const flags = ["--noEmit", "--strict", "--module", "node16", "--target", "es2022"];
    const { stdout, status } = await run(
      process.execPath,
      [tsc, ...flags, "--skipLibCheck", "false", `use.${kind}`],
      folder,
    );
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });

  it("its types are whole: a strict program that uses them compiles", async () => {
    const folder = scratch("project");
    writeFileSync(
      join(folder, "use.ts"),
      `import { connect, BootlaceError, loadImage, type FlashEvent, type WriteResult } from "bootlace";
       export async function flash(path: string): Promise<WriteResult> {
         const target = await connect("i2c:/dev/i2c-1@0x56", { signal: AbortSignal.timeout(1000) });
         try {
           return await target.write(await loadImage(path), { onEvent: (event: FlashEvent) => void event.type });
         } catch (error) {
           if (error instanceof BootlaceError && error.code === "NO_REPLY") throw new Error(error.hint);
           throw error;
         } finally {
           await target.close();
         }
       }`,
    );
    const tsc = join(PROJECT, "node_modules/typescript/bin/tsc");
    const flags = [
      "--noEmit",
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2022",
      "--lib",
      "es2023,esnext.disposable",
    ];
    symlinkSync(join(PROJECT, "node_modules/@types"), join(folder, "node_modules/@types"));
    const { stdout, status } = await run(
      process.execPath,
      [tsc, ...flags, "--types", "node", "use.ts"],
      folder,
    );
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});
