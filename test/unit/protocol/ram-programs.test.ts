import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  RAM_PROGRAM_KINDS,
  RAM_PROGRAM_ROOM_BYTES,
  ramProgram,
  ramProgramFor,
} from "../../../src/protocol/ram-programs.js";
import type { RamProgramKind } from "../../../src/protocol/ram-programs.js";

const SOURCES = join(import.meta.dirname, "../../../ram-programs");
const RUNNER = join(import.meta.dirname, "../../support/run-ram-program.py");
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Debian: binutils-arm-none-eabi, python3-unicorn. */
const hasAssembler = spawnSync("arm-none-eabi-as", ["--version"]).status === 0;
const python = ["/usr/bin/python3", "python3"].find(
  (program) => spawnSync(program, ["-c", "import unicorn"]).status === 0,
);

describe("a RAM program", () => {
  test.each(RAM_PROGRAM_KINDS)("%s has a vector table for where it is loaded", (kind) => {
    const program = ramProgram(kind, 0x2000_1000);
    const vectors = new DataView(program.buffer);
    expect(vectors.getUint32(4, true)).toBe(0x2000_1009);
    const stack = vectors.getUint32(0, true);
    expect(stack % 8).toBe(0);
    expect(stack).toBeGreaterThanOrEqual(0x2000_1000 + program.length + 128);
    expect(stack).toBeLessThanOrEqual(0x2000_1000 + RAM_PROGRAM_ROOM_BYTES);
    expect(program.length % 4).toBe(0);
  });

  test("is the same code at every address", () =>
    expect(hex(ramProgram("system-reset", 0x2000_0400).slice(8))).toBe(
      hex(ramProgram("system-reset", 0x2400_0000).slice(8)),
    ));

  test("refuses an address off the words", () =>
    expect(() => ramProgram("system-reset", 0x2000_0402)).toThrow(
      "a vector table lies at a multiple of 4, not at 536871938",
    ));

  test("is chosen by series, and not there where the register is not", () => {
    expect(ramProgramFor("system-reset", "H7")).toBe("system-reset");
    expect(ramProgramFor("obl-launch", "F0")).toBe("obl-launch-f0");
    expect(ramProgramFor("obl-launch", "F4")).toBeUndefined();
    expect(ramProgramFor("pempty", "L4")).toBe("pempty-l4");
    expect(ramProgramFor("pempty", "F0")).toBeUndefined();
  });
});

describe.skipIf(!hasAssembler)("assembled with arm-none-eabi-as (Debian binutils-arm-none-eabi)", () => {
  test("there is one source for each program", () =>
    expect(
      readdirSync(SOURCES)
        .filter((name) => name.endsWith(".s") && !name.startsWith("crc-map"))
        .sort(),
    ).toEqual(RAM_PROGRAM_KINDS.map((kind) => `${kind}.s`).sort()));

  test.each(RAM_PROGRAM_KINDS)("%s.s gives the bytes of the table", (kind) => {
    const folder = mkdtempSync(join(tmpdir(), "ram-program-"));
    const [object, binary] = [join(folder, "program.o"), join(folder, "program.bin")];
    execFileSync("arm-none-eabi-as", ["--fatal-warnings", "-o", object, `${kind}.s`], { cwd: SOURCES });
    execFileSync("arm-none-eabi-objcopy", ["-O", "binary", "-j", ".text", object, binary]);
    const assembled = readFileSync(binary);
    expect(hex(assembled.subarray(0, 8))).toBe("0000000000000000");
    expect(hex(ramProgram(kind, 0x2000_0000).slice(8))).toBe(hex(assembled.subarray(8)));
  });
});

describe.skipIf(python === undefined)("run in an emulated Cortex-M0 (Debian python3-unicorn)", () => {
  const RESET = "05fa0004"; // VECTKEY and SYSRESETREQ
  const run = (kind: RamProgramKind, model: string, loadAddress = 0x2000_1000): unknown => {
    const program = hex(ramProgram(kind, loadAddress));
    return JSON.parse(
      execFileSync(python!, [RUNNER, String(loadAddress), program, model], { encoding: "utf8" }),
    );
  };

  test.each([0x2000_0000, 0x2000_1004, 0x2400_0000])(
    "system-reset loaded at %d asks for a reset",
    (loadAddress) =>
      expect(run("system-reset", "none", loadAddress)).toEqual({ events: [], reset: RESET, ramWrites: 0 }),
  );

  test.each<[RamProgramKind, string, string[]]>([
    ["obl-launch-f0", "f0", ["unlocked bit 7"]],
    ["obl-launch-l0", "l0", ["unlocked bit 0", "unlocked bit 2"]],
    ["obl-launch-l4", "l4", ["unlocked bit 31", "unlocked bit 30"]],
    ["obl-launch-wb", "wb", ["unlocked bit 31", "unlocked bit 30"]],
  ])("%s unlocks what is locked, then loads the option bytes", (kind, model, unlocked) => {
    expect(run(kind, model)).toEqual({
      events: [...unlocked, "option bytes loaded"],
      reset: RESET,
      ramWrites: 0,
    });
    expect(run(kind, `${model}:unlocked`)).toEqual({
      events: ["option bytes loaded"],
      reset: RESET,
      ramWrites: 0,
    });
  });

  test.each<[RamProgramKind, string]>([
    ["pempty-l4", "pempty-w1c"],
    ["pempty-l4", "pempty-toggle"],
    ["pempty-l4", "pempty-rw"],
    ["pempty-l4", "pempty-clear"],
    ["empty-g0", "empty-g0"],
    ["empty-wb", "empty-wb"],
  ])("%s leaves the flag clear on %s", (kind, model) =>
    expect(run(kind, model)).toEqual({ events: ["flag clear"], reset: RESET, ramWrites: 0 }),
  );
});
