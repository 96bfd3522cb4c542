/** What the prebuilt binaries are, by their ELF headers: for which machine, and what they need of the system that loads them. */
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { TARGETS } from "../targets.mjs";

const ROOT = new URL("../../", import.meta.url).pathname;
const GLIBC = /^(libc\.so\.6|libm\.so\.6|libdl\.so\.2|libpthread\.so\.0|ld-linux[-\w]*\.so\.\d)$/;
const MUSL = /^libc\.so$/;

const version = (text: string): number => Number(text.split(".")[0]) * 1000 + Number(text.split(".")[1]);

describe.each(TARGETS)("prebuilds/$file", ({ file, machine, glibc }) => {
  const path = join(ROOT, "prebuilds", file);
  const readelf = (...flags: string[]): string =>
    execFileSync("readelf", ["--wide", ...flags, path], { encoding: "utf8" });

  it("is there, under 500 kB", () => {
    expect(existsSync(path), "npm run prebuilds").toBe(true);
    expect(statSync(path).size).toBeLessThan(500_000);
  });

  it(`is for ${machine}`, () => {
    expect(/Machine: +(.*)/.exec(readelf("-h"))?.[1]).toContain(machine);
  });

  it("needs the C library and no C++ library", () => {
    const needed = [...readelf("-d").matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => name!);
    expect(needed).not.toEqual([]);
    expect(needed.filter((name) => !(glibc === undefined ? MUSL : GLIBC).test(name))).toEqual([]);
  });

  it(`needs ${glibc === undefined ? "no version of glibc" : `glibc ${glibc} at most`}`, () => {
    const versions = [...readelf("-V").matchAll(/GLIBC_(\d+\.\d+)/g)].map(([, text]) => version(text!));
    if (glibc === undefined) expect(versions).toEqual([]);
    else expect(Math.max(...versions)).toBeLessThanOrEqual(version(glibc));
  });

  it("is stripped", () => {
    expect(readelf("-S")).not.toMatch(/\.symtab|\.debug_info/);
  });

  if (file.startsWith("linux-arm/"))
    it("runs on ARMv6 with hardware floating point", () => {
      expect(/Tag_CPU_arch: (.*)/.exec(readelf("-A"))?.[1]).toMatch(/^v6/);
      expect(readelf("-h")).toContain("hard-float ABI");
    });
});
