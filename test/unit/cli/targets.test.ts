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
    await expect(chooseTargets({}, {}, [])).rejects.toMatchObject({
      code: "USAGE",
      message: "no target: --port is missing and BOOTLACE_PORT is not set",
      commandHint: "`bootlace ports` lists what is there.",
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

  it("an environment that is set to nothing is as if not set", async () => {
    await expect(chooseTargets({}, { BOOTLACE_PORT: "" }, [])).rejects.toThrow("no target");
  });

  it("passes the options on", async () => {
    const [target] = await chooseTargets(
      {
        port: ["/dev/ttyS1"],
        baud: 57600,
        mode: "8n1",
        wait: 500,
        chip: "stm32f407",
      },
      {},
    );
    expect(target).toMatchObject({
      target: { kind: "serial", path: "/dev/ttyS1", baud: 57_600, mode: "8n1" },
      options: { waitMs: 500, chip: "stm32f407" },
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

describe("the file of targets", () => {
  const folder = mkdtempSync(join(tmpdir(), "bootlace-"));
  const file = join(folder, "bootlace.json");
  writeFileSync(
    file,
    JSON.stringify({
      defaults: { wait: 10, baud: 19_200 },
      targets: [
        {
          name: "left",
          port: "/dev/ttyS1",
          baud: 57_600,
          chip: "stm32g071",
          line: ["boot0=GPIO17"],
          resetSequence: "boot0=1 / boot0=0",
        },
        {
          name: "right",
          port: "i2c:1@0x56",
          image: "fw/app.hex",
          resetSequence: "boot0@GPIO17 nrst@GPIO27; gpio",
        },
        { name: "twin", port: "/dev/ttyS2" },
        { name: "twin", port: "/dev/ttyS3" },
      ],
    }),
  );
  const left = (options: Parameters<typeof chooseTargets>[0], env = {}) =>
    chooseTargets({ target: ["left"], ...options }, env, [file]).then(([target]) => target);

  it("is looked for in its places, and --target picks from it", async () => {
    expect(await left({})).toMatchObject({
      name: "left",
      target: { kind: "serial", path: "/dev/ttyS1", baud: 57_600 },
      options: { chip: "stm32g071", waitMs: 10_000, lines: { boot0: "GPIO17" } },
    });
    await expect(chooseTargets({ target: ["left"] }, {}, [`${file}x`])).rejects.toThrow(
      `--target needs a file of targets: there is no ${file}x`,
    );
  });

  it("is weaker than the environment, which is weaker than the command line", async () => {
    const env = { BOOTLACE_BAUD: "38400", BOOTLACE_CHIP: "stm32f407", BOOTLACE_WAIT: "3" };
    expect(await left({ chip: "stm32g031" }, env)).toMatchObject({
      target: { baud: 38_400 },
      options: { chip: "stm32g031", waitMs: 3000 },
    });
    expect(await left({ baud: 9600 }, env)).toMatchObject({ target: { baud: 9600 } });
    expect(await left({}, { BOOTLACE_PORT: "/dev/ttyS9" })).toMatchObject({
      target: { path: "/dev/ttyS9", baud: 57_600 },
    });
    expect(await left({ port: ["i2c:2"], address: [0x51] })).toMatchObject({
      target: { kind: "i2c", path: "/dev/i2c-2", address: 0x51 },
    });
  });

  it("defaults come last", async () => {
    const [right] = await chooseTargets({ target: ["right"] }, { BOOTLACE_BAUD: "9600" }, [file]);
    expect(right!.options).toMatchObject({ waitMs: 10_000, resetSequence: "boot0@GPIO17 nrst@GPIO27; gpio" });
    expect(right!.target).toEqual({ kind: "i2c", path: "/dev/i2c-1", address: 0x56 });
  });

  it("an address of a stronger source takes the place of the one in a port's text", async () => {
    const right = { target: ["right"] };
    expect(await names({ ...right, address: [0x51] }, {}, [file])).toEqual(["i2c:/dev/i2c-1@0x51"]);
    expect(await names(right, { BOOTLACE_ADDRESS: "0x52" }, [file])).toEqual(["i2c:/dev/i2c-1@0x52"]);
    await expect(chooseTargets({ ...right, baud: 9600 }, {}, [file])).rejects.toThrow(
      "--baud has no meaning for an I2C bus",
    );
  });

  it("gives each target its image, beside the file", async () => {
    const [right] = await chooseTargets({ target: ["right"] }, {}, [file]);
    expect(right!.image).toBe(join(folder, "fw/app.hex"));
  });

  it("is named by variables as well; a port on the command line is another target", async () => {
    const env = { BOOTLACE_MANIFEST: file, BOOTLACE_TARGET: "left" };
    expect(await names({}, env, [])).toEqual(["serial:/dev/ttyS1?baud=57600"]);
    expect(await names({ port: ["/dev/ttyS7"] }, env, [])).toEqual(["serial:/dev/ttyS7"]);
  });

  it.each([
    [{ target: ["lfet"] }, `${file} has no target "lfet"`],
    [{ target: ["twin"] }, `${file} has "twin" more than once`],
    [{ target: ["left", "right"], port: ["1"] }, "--port and --address do not go with it"],
    [{ target: ["left"], port: ["1", "2"] }, "--target is one chip"],
    [{ target: ["left"], address: [0x51] }, "--address has no meaning for a serial port"],
  ])("%j is refused", async (options, message) => {
    await expect(chooseTargets(options, {}, [file])).rejects.toThrow(message);
  });

  it("that is there is told of when no target is named", async () => {
    await expect(chooseTargets({}, {}, [file])).rejects.toMatchObject({
      commandHint: `${file} has left, right, twin, twin: take one with --target. \`bootlace ports\` lists what is there.`,
    });
  });
});

describe("firmware", () => {
  it("comes from the file of targets where the command line names none", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bootlace-"));
    writeFileSync(join(folder, "a.hex"), ":020000040800F2\n:080000000020002009000008A7\n:00000001FF\n");
    const targets = [
      { name: "a", port: "sim:stm32g071", image: "a.hex" },
      { name: "b", port: "sim:stm32g031" },
    ];
    const manifest = join(folder, "t.json");
    writeFileSync(manifest, JSON.stringify({ targets }));
    const written: unknown[] = [];
    const connect: Connect = () =>
      Promise.resolve(
        fakeTarget({
          verify: (image) => {
            written.push(image.start);
            return Promise.resolve({ same: true, bytes: 8, by: "checksum", differences: [], elapsedMs: 1 });
          },
        }),
      );
    expect((await cli(["verify", "--manifest", manifest, "--target", "a"], { connect })).status).toBe(0);
    expect(written).toEqual([0x0800_0000]);
    const { status, stderr } = await cli(["verify", "--manifest", manifest], { connect });
    expect(status).toBe(2);
    expect(stderr).toContain("which firmware for b? FILE is missing");
  });
});

describe("info and checksum of several targets", () => {
  it("stand one after the other, each under its name", async () => {
    const connect: Connect = () =>
      Promise.resolve(fakeTarget({ checksum: () => Promise.resolve({ crc: 7, by: "checksum" }) }));
    const several = ["--port", "i2c:1@0x51", "--port", "i2c:1@0x56"];
    const info = await cli(["info", ...several], { connect });
    expect(info.stdout.match(/^(?:\/dev|Unique).*$/gm)).toEqual([
      "/dev/i2c-1@0x51",
      "Unique ID     00112233445566778899AABB",
      "/dev/i2c-1@0x56",
      "Unique ID     00112233445566778899AABB",
    ]);
    const json = await cli(["info", "--json", ...several], { connect });
    expect(json.stdout).toContain('"type":"result","target":"/dev/i2c-1@0x51"');
    const sum = await cli(["checksum", ...several], { connect });
    expect(sum.stdout).toBe("0x00000007  /dev/i2c-1@0x51\n0x00000007  /dev/i2c-1@0x56\n");
  });
});
