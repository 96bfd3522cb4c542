import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Connect } from "../../../src/cli/context.js";
import { parseManifest } from "../../../src/cli/manifest.js";
import { chooseTargets } from "../../../src/cli/targets.js";
import { connect } from "../../../src/flash/connect.js";
import { formatTarget } from "../../../src/transport/target.js";
import { cli, fakeTarget } from "./fake-io.js";

const names = async (...args: Parameters<typeof chooseTargets>): Promise<string[]> =>
  (await chooseTargets(...args)).map(({ target }) => formatTarget(target));

describe("one target", () => {
  it("is a port and an address", async () => {
    expect(await names({ port: ["/dev/i2c-1"], address: [0x56] }, {})).toEqual(["i2c:/dev/i2c-1@0x56"]);
  });

  it("comes from the environment when the command line has none", async () => {
    const env = { BOOTLACE_PORT: "/dev/i2c-2", BOOTLACE_ADDRESS: "0x51" };
    expect(await names({}, env)).toEqual(["i2c:/dev/i2c-2@0x51"]);
    expect(await names({ address: [0x56] }, env)).toEqual(["i2c:/dev/i2c-2@0x56"]);
    expect(await names({ port: ["/dev/ttyS1"] }, env)).toEqual(["serial:/dev/ttyS1"]);
    expect(await names({ port: ["i2c:3@0x39"] }, env)).toEqual(["i2c:/dev/i2c-3@0x39"]);
  });

  it("must be named", async () => {
    await expect(chooseTargets({}, {})).rejects.toMatchObject({
      code: "USAGE",
      message: "no target: --port is missing and BOOTLACE_PORT is not set",
      hint: "`bootlace ports` lists what is there.",
    });
  });

  it("on an I2C bus needs an address, or a chip that tells it", async () => {
    await expect(chooseTargets({ port: ["1"] }, {})).rejects.toMatchObject({
      code: "USAGE",
      message: "/dev/i2c-1 is an I2C bus: which address on it?",
    });
    expect(await names({ port: ["1"], chip: "stm32g031" }, {})).toEqual(["i2c:/dev/i2c-1"]);
  });

  it("a bad BOOTLACE_ADDRESS says that it is the environment's", async () => {
    await expect(chooseTargets({}, { BOOTLACE_PORT: "1", BOOTLACE_ADDRESS: "56" })).rejects.toThrow(
      'BOOTLACE_ADDRESS is "56". A 7-bit I2C address is written in hexadecimal with 0x: "56" could mean 0x56 or',
    );
  });

  it("passes the options on", async () => {
    const [target] = await chooseTargets(
      {
        port: ["/dev/ttyS1"],
        baud: 57600,
        mode: "8n1",
        wait: 500,
        chip: "stm32f407",
        force: true,
        maxFrame: 64,
      },
      {},
    );
    expect(target).toMatchObject({
      target: { kind: "serial", path: "/dev/ttyS1", baud: 57_600, mode: "8n1" },
      options: { waitMs: 500, chip: "stm32f407", force: true, maxFrame: 64 },
    });
  });
});

describe("an I2C address", () => {
  const REFUSED = 'written in hexadecimal with 0x: "56" could mean 0x56 or 0x38 (decimal 56).';

  it("is refused by every door in the same words", async () => {
    const manifest = '{"targets":[{"port":"1","address":"56"}]}';
    expect(() => parseManifest(manifest, "m.json")).toThrow(REFUSED);
    await expect(chooseTargets({ port: ["i2c:1@56"] }, {})).rejects.toThrow(REFUSED);
    await expect(chooseTargets({ port: ["/dev/i2c-1@56"] }, {})).rejects.toThrow(REFUSED);
    await expect(chooseTargets({}, { BOOTLACE_PORT: "1", BOOTLACE_ADDRESS: "56" })).rejects.toThrow(REFUSED);
    await expect(connect("i2c:1@56")).rejects.toThrow(REFUSED);
    for (const argv of [
      ["info", "--port", "1", "--address", "56"],
      ["doctor", "--port", "1", "--address", "56"],
      ["doctor", "--port", "i2c:1@56"],
      ["scan", "--port", "i2c:1@56"],
    ])
      expect((await cli(argv)).stderr, argv.join(" ")).toContain(REFUSED);
  });

  it("is parsed once: what the library is given is the address, not a text of it", async () => {
    const asked: unknown[] = [];
    const connect: Connect = (target) => {
      asked.push(target);
      return Promise.resolve(fakeTarget({}));
    };
    for (const target of [["i2c:1@0x56"], ["1", "--address", "0x56"]])
      await cli(["info", "--port", ...target], { connect });
    expect(asked).toEqual(Array(2).fill({ kind: "i2c", path: "/dev/i2c-1", address: 0x56 }));
  });
});

it("a chip that nobody knows is told before anything is opened", async () => {
  const { status, stderr } = await cli(["erase", "--all", "--port", "i2c:1@0x56", "--chip", "typo"]);
  expect([status, stderr]).toEqual([2, expect.stringContaining('No chip is called "typo"')]);
  expect(stderr).not.toContain("FAILED");
});

describe("several targets", () => {
  it("one port takes several addresses, one address several ports, and equal numbers pair up", async () => {
    expect(await names({ port: ["1"], address: [0x51, 0x56] }, {})).toEqual([
      "i2c:/dev/i2c-1@0x51",
      "i2c:/dev/i2c-1@0x56",
    ]);
    expect(await names({ port: ["1", "2"], address: [0x56] }, {})).toEqual([
      "i2c:/dev/i2c-1@0x56",
      "i2c:/dev/i2c-2@0x56",
    ]);
    expect(await names({ port: ["1", "2"], address: [0x51, 0x56] }, {})).toEqual([
      "i2c:/dev/i2c-1@0x51",
      "i2c:/dev/i2c-2@0x56",
    ]);
  });

  it("other numbers are refused", async () => {
    await expect(chooseTargets({ port: ["1", "2", "3"], address: [0x51, 0x56] }, {})).rejects.toThrow(
      "3 --port and 2 --address do not pair up",
    );
  });

  it("the same one twice is refused", async () => {
    await expect(chooseTargets({ port: ["1", "/dev/i2c-1"], address: [0x56] }, {})).rejects.toThrow(
      "i2c:/dev/i2c-1@0x56 is given twice",
    );
  });

  it("a bus by its node and by a link of udev is one bus", async () => {
    const link = join(mkdtempSync(join(tmpdir(), "bootlace-")), "motor-bus");
    symlinkSync("/dev/i2c-1", link);
    const targets = await chooseTargets({ port: [`${link}@0x51`, "i2c:1@0x56"] }, {});
    expect(targets.map(({ bus }) => bus)).toEqual(["/dev/i2c-1", "/dev/i2c-1"]);
    await expect(chooseTargets({ port: [link, "1"], address: [0x56] }, {})).rejects.toThrow("given twice");
  });

  it("chips on one bus share it, others do not", async () => {
    const targets = await chooseTargets(
      { port: ["i2c:1@0x51", "i2c:1@0x56", "/dev/ttyS1", "sim:stm32g071"] },
      {},
    );
    expect(targets.map(({ bus }) => bus)).toEqual([
      "/dev/i2c-1",
      "/dev/i2c-1",
      "/dev/ttyS1",
      "sim:stm32g071",
    ]);
  });

  it("come from a manifest", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "bootlace-")), "rack.json");
    writeFileSync(
      file,
      JSON.stringify({
        targets: [
          { name: "left", port: "1", address: "0x56" },
          { port: "/dev/ttyS1", baud: 57600 },
        ],
      }),
    );
    const targets = await chooseTargets({ manifest: file }, {});
    expect(targets.map(({ name, target }) => [name, formatTarget(target)])).toEqual([
      ["left", "i2c:/dev/i2c-1@0x56"],
      ["/dev/ttyS1?baud=57600", "serial:/dev/ttyS1?baud=57600"],
    ]);
    await expect(chooseTargets({ manifest: file, port: ["1"] }, {})).rejects.toThrow(
      "--manifest names the targets",
    );
    await expect(chooseTargets({ manifest: `${file}x` }, {})).rejects.toMatchObject({ code: "FILE_FAILED" });
  });
});

describe("a manifest", () => {
  it.each([
    ["{", "manifest m.json: not JSON"],
    ["[]", 'manifest m.json: an object with a list "targets" of at least one target is expected'],
    ['{"targets":[]}', "of at least one target"],
    ['{"targets":[1]}', "target 1: an object is expected"],
    [
      '{"targets":[{"port":"1"},{"prot":"1"}]}',
      'target 2: unknown field "prot"; there are name, port, address',
    ],
    ['{"targets":[{"address":"0x56"}]}', 'target 1: "port" is missing'],
    ['{"targets":[{"port":"1","address":86}]}', 'target 1: "address" must be text, like "0x56"'],
    ['{"targets":[{"port":"1","address":"0xAC"}]}', "target 1: I2C addresses have 7 bits here"],
  ])("%s is refused", (text, message) => {
    expect(() => parseManifest(text, "m.json")).toThrow(message);
  });
});
