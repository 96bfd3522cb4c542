/** The real command with its addon on a test /dev/i2c-N: what can be wrong with a bus, and several chips at once. */
import { writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { type BusOptions, SMBUS_ONLY } from "../fake-i2c-dev/bus.js";
import { chipOf } from "../fake-i2c-dev/chips.js";
import { type FakeI2c, startFakeI2c } from "../fake-i2c-dev/server.js";
import { bootlace, FIRMWARE, lastLine, lines, scratchFolder } from "./cli-process.js";

const scratch = scratchFolder();
const open: FakeI2c[] = [];
afterEach(async () => {
  for (const device of open.splice(0)) await device.close();
});

const TIMINGS = { pageEraseMs: 3, massEraseMs: 30 };

async function start(options: Partial<BusOptions> = {}): Promise<FakeI2c> {
  const g071 = await chipOf(0x460, { flashSize: 128 * 1024, timings: TIMINGS });
  const device = await startFakeI2c({ number: 7, chips: [g071], speedHz: 400_000, wait: false, ...options });
  open.push(device);
  return device;
}

describe("one chip on a bus", () => {
  it("info, write, verify, read and run, with nothing for the chip to complain about", async () => {
    const { env, bus } = await start();
    const target = ["--port", "/dev/i2c-7", "--address", "0x51"];
    const info = await bootlace(["info", "--json", ...target], env);
    expect(JSON.parse(info.stdout)).toMatchObject({ productId: 0x460, port: "/dev/i2c-7 address 0x51" });
    const write = await bootlace(["write", FIRMWARE, ...target], env);
    expect(lastLine(write.stderr)).toMatch(/^OK {2}30\.8 KiB written and verified \(checksum\)/);
    expect((await bootlace(["verify", FIRMWARE, ...target], env)).status).toBe(0);
    const read = await bootlace(["read", scratch("vectors.bin"), "--range", "0x08000000:8", ...target], env);
    expect(read.status).toBe(0);
    expect((await bootlace(["run", ...target], env)).status).toBe(0);
    expect(bus.chips[0]!.state).toBe("application");
    expect(bus.chips[0]!.violations).toEqual([]);
  });

  it("nobody at the address: status 20 and what to look at", async () => {
    const { env } = await start();
    const { status, stderr } = await bootlace(
      ["write", FIRMWARE, "--port", "/dev/i2c-7", "--address", "0x56"],
      env,
    );
    expect(lines(stderr).slice(0, 2)).toEqual([
      "error: no bootloader answers on /dev/i2c-7 address 0x56. [NO_REPLY]",
      "  because: ENXIO from ioctl(I2C_RDWR) (no such device or address)",
    ]);
    expect(stderr).toContain("BOOT0");
    expect(lastLine(stderr)).toBe("FAILED  at connect: NO_REPLY, exit status 20");
    expect(status).toBe(20);
  });

  it.each([["info"], ["stm32flash"]])(
    "nobody at an address in 8-bit form: %s names the one in 7 bits",
    async (verb) => {
      const { env } = await start();
      const target =
        verb === "info" ? ["--port", "/dev/i2c-7", "--address", "0x70"] : ["-a", "0x70", "/dev/i2c-7"];
      const { stderr } = await bootlace([verb, ...target], env);
      expect(stderr).toContain("0x70 is the 8-bit form of 0x38 (STM32F42xxx/43xxx); give 0x38.");
    },
  );

  it("an SMBus-only adapter is refused before any byte goes out", async () => {
    const { env, bus } = await start({ functions: SMBUS_ONLY });
    const { status, stderr } = await bootlace(
      ["write", FIRMWARE, "--port", "/dev/i2c-7", "--address", "0x51"],
      env,
    );
    expect(lines(stderr)[0]).toMatch(
      /^error: \/dev\/i2c-7.* does SMBus transfers only: it lacks I2C_FUNC_I2C/,
    );
    expect(lastLine(stderr)).toBe("FAILED  at connect: SMBUS_ONLY, exit status 13");
    expect([status, bus.totals.frames]).toEqual([13, 0]);
  });

  it("no permission: status 11 and whom to ask", async () => {
    const { env } = await start({ openErrno: "EACCES" });
    const { status, stderr } = await bootlace(["info", "--port", "/dev/i2c-7", "--address", "0x51"], env);
    expect(stderr).toContain("because: EACCES from open");
    expect(stderr).toContain("Add the user to the group that owns the device");
    expect(status).toBe(11);
  });

  it("no such bus: status 10", async () => {
    const { env } = await start();
    const { status, stderr } = await bootlace(["info", "--port", "/dev/i2c-8", "--address", "0x51"], env);
    expect(lines(stderr)[0]).toBe("error: /dev/i2c-8: there is no such device. [NO_DEVICE]");
    expect(status).toBe(10);
  });

  it("funcs prints what i2cdetect -F prints", async () => {
    const { env } = await start();
    const { stdout } = await bootlace(["funcs", "7"], env);
    expect(stdout).toContain(
      "Functionalities implemented by /dev/i2c-7:\nI2C                              yes\n",
    );
  });

  it("scan finds the bootloader, and asks EEPROM addresses only with --all", async () => {
    const { env } = await start();
    const careful = await bootlace(["scan", "--port", "7"], env);
    expect(careful.stdout).toContain("0x51  not asked: an EEPROM could live there");
    expect(careful.status).toBe(20);
    const all = await bootlace(["scan", "--port", "7", "--all"], env);
    expect(all.stdout).toMatch(/^0x51 {2}bootloader, protocol 1\.2: .*STM32G07xxx\/08xxx/m);
    expect(all.status).toBe(0);
  });
});

describe("several chips", () => {
  it("two on one bus and one on another: each its verdict, one exit status", async () => {
    const g071 = await chipOf(0x460, { flashSize: 128 * 1024, timings: TIMINGS });
    const g031 = await chipOf(0x466, { flashSize: 64 * 1024, timings: TIMINGS });
    const common = { speedHz: 400_000, wait: false };
    const device = await startFakeI2c(
      { number: 7, chips: [g071, g031], ...common },
      { number: 8, chips: [g071], ...common },
    );
    open.push(device);
    const targets = ["i2c:7@0x51", "i2c:7@0x56", "i2c:8@0x51"].flatMap((port) => ["--port", port]);
    // The example is linked for a G071 but fits a G031 with 64 KiB no more: its bank of sounds begins behind the flash.
    const both = await bootlace(["write", FIRMWARE, ...targets], device.env);
    expect(both.stderr).toMatch(/^OK {2}\/dev\/i2c-7@0x51: 30\.8 KiB written/m);
    expect(both.stderr).toMatch(/^OK {2}\/dev\/i2c-8@0x51: 30\.8 KiB written/m);
    expect(both.stderr).toMatch(/^FAILED {2}\/dev\/i2c-7@0x56: at write: IMAGE_OUTSIDE, exit status 41$/m);
    expect(lastLine(both.stderr)).toBe("FAILED  1 of 3 targets: IMAGE_OUTSIDE, exit status 41");
    expect(both.status).toBe(41);
  });

  it("from a manifest", async () => {
    const { env } = await start();
    writeFileSync(
      scratch("rack.json"),
      JSON.stringify({
        targets: [
          { name: "left", port: "7", address: "0x51" },
          { name: "right", port: "sim:stm32g071" },
        ],
      }),
    );
    const { status, stderr } = await bootlace(["write", FIRMWARE, "--manifest", scratch("rack.json")], env);
    expect(stderr).toMatch(/^OK {2}left: /m);
    expect(stderr).toMatch(/^OK {2}right: /m);
    expect([status, lastLine(stderr)]).toEqual([0, "OK  write: all 2 targets"]);
  });
});
