/** The lists of Debian packages are complete: a program that a test starts is in one, wherever it happens to be installed already. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = new URL("../../../", import.meta.url).pathname;
const textOf = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const packagesOf = (file: string): string[] =>
  textOf(file)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

/** Programs of packages that every Debian has (`Essential: yes`), and those that come with Node.js. */
const ALWAYS_THERE = ["bash", "flock", "mkfifo", "script", "sh", "tar", "dpkg-query", "node", "npm", "npx"];

/** For a program that is new in a test: the package that has it, by `dpkg -S $(command -v PROGRAM)`. */
const PACKAGE_OF: Readonly<Record<string, string>> = {
  "arm-none-eabi-as": "binutils-arm-none-eabi",
  "arm-none-eabi-gcc": "gcc-arm-none-eabi",
  "arm-none-eabi-ld": "binutils-arm-none-eabi",
  "arm-none-eabi-nm": "binutils-arm-none-eabi",
  "arm-none-eabi-objcopy": "binutils-arm-none-eabi",
  "c++": "g++",
  cc: "gcc",
  cmake: "cmake",
  i2cdetect: "i2c-tools",
  "ld.lld": "lld",
  make: "make",
  minisign: "minisign",
  objcopy: "binutils",
  openssl: "openssl",
  python3: "python3",
  "qemu-system-arm": "qemu-system-arm",
  "signify-openbsd": "signify-openbsd",
  srec_cat: "srecord",
  stm32flash: "stm32flash",
  strace: "strace",
};

const START = /\b(?:spawn|spawnSync|execFile|execFileSync|runTool|missing|has)\(\s*"([\w.+-]+)"/g;
const SOURCES = [
  ...readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|mjs)$/.test(file) && !/^kernel\/|^install-packages/.test(file))
    .map((file) => join("test", file)),
  "scripts/test-asan.mjs",
];

const started = new Map(
  SOURCES.flatMap((file) => [...textOf(file).matchAll(START)].map((match) => [match[1]!, file] as const)),
);
const listed = packagesOf("test/packages.txt");

describe("test/packages.txt", () => {
  it("has the package of every program that a test starts", () => {
    const missing = [...started]
      .filter(([program]) => !ALWAYS_THERE.includes(program) && !listed.includes(PACKAGE_OF[program] ?? ""))
      .map(([program, file]) => `${program}, started in ${file}`);
    expect(missing).toEqual([]);
    expect(started.size).toBeGreaterThan(10);
  });
});

describe("every list of packages", () => {
  it.each(["test/packages.txt", "test/kernel/packages.txt", "test/fresh-machine/packages.txt"])(
    "%s is sorted and names each once",
    (file) => expect(packagesOf(file)).toEqual([...new Set(packagesOf(file))].sort()),
  );
});

describe("test/fresh-machine/packages.txt", () => {
  it("has what README.md asks for beside Node.js, and certificates", () => {
    const [, asked] = /\bon Debian or Ubuntu with Node\.js \d+ or later, ([^;]+);/.exec(textOf("README.md"))!;
    const named = asked!.split(/, | and /);
    expect(packagesOf("test/fresh-machine/packages.txt")).toEqual([...named, "ca-certificates"].sort());
  });
});
