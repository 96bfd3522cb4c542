/**
 * Programs that bootlace did not write, against the simulated chips: what Debian's stm32flash 0.7 and i2cdetect do with real
 * parts must work here too, and the chips must find nothing to complain about.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { I2C_OPCODES, type I2cVersion } from "../../src/simulator/opcodes.js";
import { type BusOptions, SMBUS_ONLY } from "../fake-i2c-dev/bus.js";
import { type ChipMaker, chipOf } from "../fake-i2c-dev/chips.js";
import { runTool } from "../fake-i2c-dev/run-tool.js";
import { type FakeI2c, startFakeI2c } from "../fake-i2c-dev/server.js";

const has = (tool: string): boolean => spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "bootlace-peers-"));
const open: FakeI2c[] = [];
afterEach(async () => {
  for (const device of open.splice(0)) await device.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function start(chip: ChipMaker, options: Partial<BusOptions> = {}): Promise<FakeI2c> {
  const device = await startFakeI2c({ number: 7, chips: [chip], speedHz: 100_000, wait: false, ...options });
  open.push(device);
  return device;
}

const hexAddress = (chip: ChipMaker): string => `0x${chip.facts.i2c!.address.toString(16)}`;
/** Quick, because only the order of things is looked at here. */
const TIMINGS = { pageEraseMs: 3, massEraseMs: 30 };

describe.skipIf(!has("stm32flash"))("Debian's stm32flash (apt install stm32flash)", () => {
  /** Product ID, name, protocol as in the device table; a different one where the table has no such chip. */
  const CHIPS: readonly [number, string, I2cVersion?][] = [
    [0x448, "F07x, protocol 1.0"],
    [0x413, "F40x with sectors, protocol 1.0"],
    [0x431, "F411 with sectors, protocol 1.1"],
    [0x419, "F42x with two banks of sectors, protocol 1.1"],
    [0x451, "F76x with sectors, protocol 1.2"],
    [0x460, "G07x, protocol 1.2"],
    [0x466, "G03x, protocol 1.2"],
    [0x460, "G07x, were it of protocol 1.0", "1.0"],
    [0x460, "G07x, were it of protocol 1.1", "1.1"],
    [0x469, "G47x with two banks, protocol 1.2"],
    [0x447, "L07x whose erased flash reads as 00, protocol 1.2"],
    [0x435, "L43x, protocol 1.2"],
    [0x450, "H74x with sectors of 128 KiB, protocol 1.1"],
  ];

  it.each(CHIPS)(
    "writes, verifies, reads back and erases product ID %i (%s)",
    async (productId, _name, version) => {
      const other = version ? { i2cProtocol: version, i2cOpcodes: I2C_OPCODES[version] } : {};
      const chip = await chipOf(productId, { timings: TIMINGS, ...other });
      const device = await start(chip, { stretchLimit: { ms: 60_000, honoursTimeout: false } });
      const { base, erasedValue } = chip.facts.flash;
      const image = Uint8Array.from({ length: 10_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
      const [imageFile, backFile] = [join(folder, "image.bin"), join(folder, "back.bin")];
      writeFileSync(imageFile, image);
      const run = (...args: string[]) =>
        runTool("stm32flash", ["-a", hexAddress(chip), ...args, device.path], device.env);
      const simulated = device.bus.chips[0]!;

      const written = await run("-w", imageFile, "-v");
      expect(written.stdout).toContain("Wrote and verified address");
      expect(written.status).toBe(0);
      expect(Buffer.from(simulated.peek(base, image.length)).equals(image)).toBe(true);

      const read = await run("-r", backFile, "-S", `0x${base.toString(16)}:${image.length}`);
      expect(read.status).toBe(0);
      expect(readFileSync(backFile).equals(image)).toBe(true);

      const erased = await run("-o");
      expect(erased.status).toBe(0);
      expect([...simulated.peek(base, image.length)].every((byte) => byte === erasedValue)).toBe(true);
      expect(simulated.violations).toEqual([]);
    },
  );

  it("computes the checksum of a chip with protocol 1.2", async () => {
    const chip = await chipOf(0x466);
    const device = await start(chip);
    // 256 bytes 00 01 .. FF: 0xB7EC66F4 by three independent implementations.
    device.bus.chips[0]!.poke(
      0x0800_0000,
      Uint8Array.from({ length: 256 }, (_, i) => i),
    );
    const args = ["-a", "0x56", "-C", "-S", "0x08000000:256", device.path];
    const result = await runTool("stm32flash", args, device.env);
    expect(result.stdout).toContain("CRC(0x08000000-0x08000100) = 0xb7ec66f4");
    expect(device.bus.chips[0]!.violations).toEqual([]);
  });

  it("jumps to the program, and the chip is gone from the bus", async () => {
    const chip = await chipOf(0x466);
    const device = await start(chip);
    const simulated = device.bus.chips[0]!;
    const vectors = new DataView(new ArrayBuffer(16));
    vectors.setUint32(0, 0x2000_1000, true);
    vectors.setUint32(4, 0x0800_0101, true);
    simulated.poke(0x0800_0000, new Uint8Array(vectors.buffer));
    await runTool("stm32flash", ["-a", "0x56", "-g", "0x08000000", device.path], device.env);
    expect(simulated.state).toBe("application");
    expect(simulated.jumpTarget).toBe(0x0800_0000);
    const again = await runTool("stm32flash", ["-a", "0x56", device.path], device.env);
    expect(again.status).toBe(1);
  });

  it("fails at a chip that is not there", async () => {
    const device = await start(await chipOf(0x466));
    const result = await runTool("stm32flash", ["-a", "0x3a", device.path], device.env);
    expect(result.status).toBe(1);
    expect(device.bus.totals.frames).toBeGreaterThan(0);
    expect(device.bus.chips[0]!.violations).toEqual([]);
  });
});

describe.skipIf(!has("i2cdetect"))("Debian's i2cdetect (apt install i2c-tools)", () => {
  it("lists the adapter by its name", async () => {
    const device = await start(await chipOf(0x466), { name: "i2c-bcm2835 adapter" });
    const { stdout } = await runTool("i2cdetect", ["-l"], device.env);
    expect(stdout).toMatch(/^i2c-7\s+i2c\s+i2c-bcm2835 adapter\s+I2C adapter$/m);
  });

  it("shows what an adapter can do", async () => {
    const device = await start(await chipOf(0x466));
    const plain = await runTool("i2cdetect", ["-F", "7"], device.env);
    expect(plain.stdout).toMatch(/^I2C +yes$/m);
    device.bus.set({ functions: SMBUS_ONLY });
    const smbus = await runTool("i2cdetect", ["-F", "7"], device.env);
    expect(smbus.stdout).toMatch(/^I2C +no$/m);
    expect(smbus.stdout).toMatch(/^SMBus Quick Command +yes$/m);
    expect(device.bus.totals.frames).toBe(0);
  });

  it("finds the address of the chip with empty writes", async () => {
    const chip = await chipOf(0x466);
    const device = await start(chip);
    const { stdout } = await runTool("i2cdetect", ["-y", "-q", "7"], device.env);
    const found = [...stdout.matchAll(/^\d0:(.*)$/gm)].flatMap(
      (line) => line[1]!.match(/[0-9a-f]{2}/g) ?? [],
    );
    expect(found).toEqual(["56"]);
  });

  it("marks addresses that a driver has", async () => {
    const device = await start(await chipOf(0x466), { boundAddresses: [0x50] });
    const { stdout } = await runTool("i2cdetect", ["-y", "-q", "7"], device.env);
    expect(stdout).toMatch(/^50: UU/m);
  });

  it("says which device is missing", async () => {
    const device = await start(await chipOf(0x466));
    const { stderr, status } = await runTool("i2cdetect", ["-F", "9"], device.env);
    expect(stderr).toContain("Could not open file `/dev/i2c-9'");
    expect(status).toBe(1);
  });
});
