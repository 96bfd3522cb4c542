import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerOf, bundleChild, compileCached, root, runChild } from "./harness.js";

const textOf = (file: string): string => readFileSync(join(root, file), "utf8");
const sourcesIn = (text: string): string[] =>
  [...text.matchAll(/native\/\w+\.cpp/g)].map(([path]) => path).sort();

describe("the two build files", () => {
  it("name the same sources", () => {
    expect(sourcesIn(textOf("CMakeLists.txt"))).toEqual(sourcesIn(textOf("binding.gyp")));
  });

  it("name every source there is", () => {
    const files = readdirSync(join(root, "native")).filter((name) => name.endsWith(".cpp"));
    expect(sourcesIn(textOf("binding.gyp"))).toEqual(files.map((name) => `native/${name}`).sort());
  });

  it("treat warnings as errors", () => {
    for (const file of ["CMakeLists.txt", "binding.gyp"]) expect(textOf(file)).toContain("-Werror");
  });

  it("build for one Node-API version", () => {
    const versions = ["CMakeLists.txt", "binding.gyp"].map(
      (file) => /NAPI_VERSION=(\d+)/.exec(textOf(file))?.[1],
    );
    const { binary } = JSON.parse(textOf("package.json")) as { binary: { napi_versions: number[] } };
    expect(versions).toEqual(["8", "8"]);
    expect(binary.napi_versions).toEqual([8]);
  });
});

describe("the addon of other systems", () => {
  it("has the same functions, and each says that it is Linux only", async () => {
    const sources = ["native/addon.cpp", "native/exports.hpp", "native/system_error.hpp"].map((file) =>
      join(root, file),
    );
    const flags = ["-std=c++17", "-shared", "-fPIC", "-fno-exceptions", "-Wall", "-Wextra", "-Werror"];
    const defines = [
      "-DNAPI_VERSION=8",
      "-DNODE_ADDON_API_DISABLE_CPP_EXCEPTIONS",
      "-DBOOTLACE_OTHER_SYSTEM",
    ];
    const includes = ["node-api-headers/include", "node-addon-api"].flatMap((path) => [
      "-isystem",
      join(root, "node_modules", path),
    ]);
    const prebuild = compileCached("other-system", sources, ["c++", ...flags, ...defines, ...includes]);
    const env = { BOOTLACE_PREBUILD: prebuild, BOOTLACE_TEST_PRELOAD: "" };
    const said = answerOf<Record<string, string>>(await runChild("every-function", { bare: true, env }));
    const expected = answerOf<Record<string, string>>(await runChild("every-function", { bare: true }));
    expect(Object.keys(said)).toEqual(Object.keys(expected));
    for (const [name, message] of Object.entries(said)) {
      expect(message).toBe(`ENOSYS: function not implemented, ${name} (Linux only)`);
    }
  });
});

describe("an installed package", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "bootlace-package-"));
    cpSync(join(root, "package.json"), join(folder, "package.json"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The bundle as dist/ would hold it, two folders down. */
  const runInstalled = async (name: string): Promise<ReturnType<typeof spawnSync>> => {
    cpSync(await bundleChild("loaded"), join(folder, "dist", "chunks", name));
    const env = { ...process.env };
    delete env["BOOTLACE_PREBUILD"];
    return spawnSync(process.execPath, [join(folder, "dist", "chunks", name)], { env, encoding: "utf8" });
  };

  it("without a binary says so, and how to get it", async () => {
    const { stdout } = await runInstalled("without.mjs");
    expect(JSON.parse(stdout as string)).toEqual({
      code: "ADDON_MISSING",
      message: `the native addon for ${process.platform}-${process.arch} cannot be loaded`,
      why: expect.stringContaining("No native build was found for") as unknown,
    });
  });

  it("with prebuilds/ loads from there, with no build/ folder", async () => {
    const made = execFileSync(process.execPath, [join(root, "scripts/make-prebuilds.mjs"), folder], {
      encoding: "utf8",
    });
    expect(readdirSync(join(folder, "prebuilds"))).toEqual([`${process.platform}-${process.arch}`]);
    const { stdout } = await runInstalled("with.mjs");
    expect(JSON.parse(stdout as string)).toEqual({ loaded: made.trim(), free: "free" });
  });

  it("with a broken binary says so and keeps the loader's error", async () => {
    const made = readdirSync(join(folder, "prebuilds"), { recursive: true }).find((name) =>
      String(name).endsWith(".node"),
    );
    const file = join(folder, "prebuilds", String(made));
    rmSync(file);
    writeFileSync(file, "not an ELF file");
    const { stdout } = await runInstalled("broken.mjs");
    expect(JSON.parse(stdout as string)).toMatchObject({
      code: "ADDON_MISSING",
      why: expect.stringContaining(file) as unknown,
    });
  });
});
