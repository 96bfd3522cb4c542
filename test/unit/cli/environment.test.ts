import { describe, expect, it } from "vitest";
import { overruling, readEnvironment, unknownVariables } from "../../../src/cli/environment.js";
import { LEAST_MESSAGE } from "../../../src/transport/i2c/frame-limits.js";
import { TARGET_OPTIONS, variableOf } from "../../../src/cli/target-options.js";
import { cli, FakeIo } from "./fake-io.js";

/** A good value for the variable of each option, and what it means. */
const GOOD: Readonly<Record<keyof typeof TARGET_OPTIONS, readonly [text: string, value: unknown]>> = {
  port: ["/dev/ttyS1", "/dev/ttyS1"],
  address: ["0x56", 0x56],
  chip: ["stm32g071", "stm32g071"],
  baud: ["57600", 57_600],
  mode: ["8N1", "8n1"],
  resetSequence: ["boot0@GPIO17 nrst@GPIO27; gpio", "boot0@GPIO17 nrst@GPIO27; gpio"],
  line: [
    "boot0=GPIO17  nrst=cmd:set pin",
    [
      ["boot0", "GPIO17"],
      ["nrst", "cmd:set pin"],
    ],
  ],
  wait: ["500ms", 500],
  waitDevice: ["10", 10_000],
  waitChip: ["2s", 2000],
  flashSize: ["128k", 131_072],
  pageSize: ["2k", 2048],
  layout: ["single-bank", "single-bank"],
  maxFrame: ["64", 64],
  crcProgram: ["0", false],
  force: ["1", true],
};

describe("the environment", () => {
  it.each(Object.entries(GOOD))("has a variable for the option %s", (name, [text, value]) => {
    expect(readEnvironment({ [variableOf(name)]: text }).settings).toEqual({ [name]: value });
  });

  it("is called as its option is", () => {
    expect(variableOf("resetSequence")).toBe("BOOTLACE_RESET_SEQUENCE");
    for (const [name, { flags }] of Object.entries(TARGET_OPTIONS)) {
      const [, long] = /--([a-z-]+)/.exec(flags)!;
      expect(variableOf(name)).toBe(`BOOTLACE_${long!.replaceAll("-", "_").toUpperCase()}`);
    }
  });

  it.each([
    ["BOOTLACE_BAUD", "fast", 'BOOTLACE_BAUD is "fast". "fast" is not a baud rate'],
    ["BOOTLACE_FORCE", "maybe", 'BOOTLACE_FORCE is "maybe". 1 or 0 is expected.'],
    [
      "BOOTLACE_MAX_FRAME",
      "1",
      `BOOTLACE_MAX_FRAME is "1". A whole number from ${LEAST_MESSAGE} to 258 is expected.`,
    ],
    ["BOOTLACE_LINE", "boot0", "NAME=LINE is expected"],
  ])("%s=%s is refused and named", (name, text, message) => {
    expect(() => readEnvironment({ [name]: text })).toThrow(message);
  });

  it("with a setting that there is not is told, and what was meant", async () => {
    expect(
      unknownVariables({ BOOTLACE_PORTS: "1", BOOTLACE_PORT: "1", BOOTLACE_TARGET: "x", PORT: "1" }),
    ).toEqual(["there is no setting BOOTLACE_PORTS; did you mean BOOTLACE_PORT?"]);
    expect(unknownVariables({ BOOTLACE_SOMETHING_ELSE: "1" })).toEqual([
      "there is no setting BOOTLACE_SOMETHING_ELSE",
    ]);
    const env = { BOOTLACE_BUAD: "9600" };
    const chips = async (...more: string[]) =>
      (await cli(["chips", "g071", ...more], { io: new FakeIo({ env }) })).stderr;
    expect(await chips()).toBe("Note      there is no setting BOOTLACE_BUAD; did you mean BOOTLACE_BAUD?\n");
  });
});

describe("a variable that goes before the target that was picked by name", () => {
  const env = { BOOTLACE_PORT: "/dev/ttyS1", BOOTLACE_ADDRESS: "0x51" };

  it("is told of", () => {
    expect(overruling(["info", "--target", "left"], env)).toEqual([
      "BOOTLACE_PORT=/dev/ttyS1 goes before what the file of targets says",
      "BOOTLACE_ADDRESS=0x51 goes before what the file of targets says",
    ]);
    expect(overruling(["info"], { BOOTLACE_PORT: "1", BOOTLACE_TARGET: "left" })).toHaveLength(1);
  });

  it.each([
    [["info"], env],
    [["info", "--target=left", "--port", "1", "-a", "0x56"], env],
    [["info", "--target", "left", "--target", "right"], env],
    [["info", "--target", "left"], { BOOTLACE_BAUD: "9600", BOOTLACE_PORT: "" }],
    [["info", "-p", "1"], { ...env, BOOTLACE_TARGET: "left" }],
  ])("is none in %j with %j", (argv, variables) => {
    expect(overruling(argv, variables).filter((text) => text.includes("PORT"))).toEqual([]);
  });
});
