/** The real command on adapters that take short messages: those of known drivers, and those that nobody knows. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import type { BusOptions } from "../fake-i2c-dev/bus.js";
import { chipOf } from "../fake-i2c-dev/chips.js";
import { DRIVERS } from "../fake-i2c-dev/drivers.js";
import { type FakeI2c, startFakeI2c } from "../fake-i2c-dev/server.js";
import { bootlace, lastLine, lines, scratchFolder } from "./cli-process.js";

const scratch = scratchFolder();
const open: FakeI2c[] = [];
afterEach(async () => {
  for (const device of open.splice(0)) await device.close();
});

const TIMINGS = { pageEraseMs: 3, massEraseMs: 30 };
/** What differs for the length of messages: the flash's granule, the protocol's version, and what is read at identification. */
const CHIPS = { G071: 0x460, F405: 0x413, H743: 0x450, U585: 0x482 } as const;

interface SetUp extends Partial<BusOptions> {
  readonly productId?: number;
  readonly i2cProtocol?: "1.0" | "1.1" | "1.2";
  readonly kernel?: string | undefined;
}

async function start({ productId = CHIPS.G071, i2cProtocol, kernel, ...bus }: SetUp) {
  const make = await chipOf(productId, {
    i2cAddress: 0x51,
    timings: TIMINGS,
    ...(i2cProtocol !== undefined && { i2cProtocol }),
  });
  const device = await startFakeI2c({ number: 7, chips: [make], speedHz: 400_000, wait: false, ...bus });
  open.push(device);
  device.bus.trace = [];
  return {
    bus: device.bus,
    env: { ...device.env, ...(kernel !== undefined && { BOOTLACE_FAKE_KERNEL: kernel }) },
  };
}

const TARGET = ["--port", "/dev/i2c-7", "--address", "0x51"];

/** Firmware without blank runs, over more pages than one short erase command names. */
function image(bytes: number): string {
  const content = Buffer.alloc(bytes);
  for (let at = 0, state = 7; at < bytes; at++) {
    state = (state * 1103515245 + 12345) & 0x7fff_ffff;
    content[at] = (state >> 16) & 0xff;
  }
  content.writeUInt32LE(0x2000_2000, 0);
  content.writeUInt32LE(0x0800_0101, 4);
  const path = scratch(`image-${bytes}.bin`);
  writeFileSync(path, content);
  return path;
}

type Rig = Awaited<ReturnType<typeof start>>;

/** @returns the file's path, and what the command said */
async function write({ env, bus }: Rig, bytes: number): Promise<{ file: string; said: string }> {
  const file = image(bytes);
  const { status, stderr } = await bootlace(["write", file, ...TARGET], env);
  expect(stderr).toMatch(/^OK /m);
  expect(status).toBe(0);
  expect(readFileSync(file).equals(bus.chips[0]!.peek(0x0800_0000, bytes))).toBe(true);
  return { file, said: stderr };
}

async function verifyAndRead({ env }: Rig, file: string): Promise<void> {
  expect(await bootlace(["verify", file, ...TARGET], env)).toMatchObject({ status: 0 });
  const range = `0x08000000:${readFileSync(file).length}`;
  expect(await bootlace(["read", `${file}.back`, "--range", range, ...TARGET], env)).toMatchObject({
    status: 0,
  });
  expect(readFileSync(`${file}.back`).equals(readFileSync(file))).toBe(true);
  rmSync(`${file}.back`);
}

const longest = ({ bus }: Rig): number =>
  Math.max(...bus.trace!.filter((frame) => !frame.reads).map(({ length }) => length));

const PAGES = 9 * 2048;

describe("an adapter whose driver is known", () => {
  it.each(DRIVERS.map((driver) => [driver.driver ?? driver.name, driver.kernel ?? "", driver] as const))(
    "%s %s: an image is written, verified and read with no frame that fails and none that the chip complains of",
    async (_, __, { longest: most, ...driver }) => {
      const rig = await start(driver);
      const { file, said } = await write(rig, PAGES);
      expect(said).not.toMatch(/retry/i);
      if (driver.puts) await verifyAndRead(rig, file);
      expect(rig.bus.trace!.filter(({ errno }) => errno !== undefined)).toEqual([]);
      expect(rig.bus.chips[0]!.violations).toEqual([]);
      expect(longest(rig)).toBeLessThanOrEqual(most);
    },
  );

  it.each(["G071", "F405", "H743"] as const)("cp2112 writes a %s, in whole granules", async (chip) => {
    const rig = await start({ ...DRIVERS[0], productId: CHIPS[chip] });
    await write(rig, 3000);
    expect(rig.bus.chips[0]!.violations).toEqual([]);
  });

  it.each(
    DRIVERS.filter(({ nackErrno }) => nackErrno).map(
      (driver) => [driver.name, driver.nackErrno, driver] as const,
    ),
  )(
    "%s says %s where nobody acknowledges: no reply, and scan names the chip alone",
    async (_, errno, driver) => {
      const { env } = await start(driver);
      const nobody = await bootlace(["info", "--port", "/dev/i2c-7", "--address", "0x3b"], env);
      expect(nobody.stderr).toContain("no bootloader answers on /dev/i2c-7 address 0x3B. [NO_REPLY]");
      expect(nobody.stderr).toContain(`because: ${errno} from ioctl(I2C_RDWR)`);
      const { stdout, status } = await bootlace(["scan", "--port", "7", "--all", "--json"], env);
      const { answers } = JSON.parse(stdout) as Record<string, unknown>;
      expect(status).toBe(0);
      expect(answers).toMatchObject([{ address: 0x51, protocol: "1.2" }]);
    },
  );

  it("cp2112 needs no more frames than 48 bytes each make of the image", async () => {
    const rig = await start(DRIVERS[0]!);
    await bootlace(["write", image(PAGES), ...TARGET], rig.env);
    const blocks = rig.bus.trace!.filter(({ reads, length }) => !reads && length > 34);
    expect(blocks.length).toBeLessThanOrEqual(9 * Math.ceil(2048 / 48) + 2);
  });

  it("--max-frame of more than the driver takes is refused with the driver's numbers, and nothing is sent", async () => {
    const { env, bus } = await start(DRIVERS[0]!);
    const { status, stderr } = await bootlace(["write", image(64), ...TARGET, "--max-frame", "128"], env);
    expect(lines(stderr)[0]).toBe(
      "error: a longest frame of 128 bytes is too long: the driver cp2112 takes 61 bytes a write and 128 bytes a read. [USAGE]",
    );
    expect(stderr).toContain("Leave --max-frame away");
    expect([status, bus.totals.frames]).toEqual([2, 0]);
  });

  it("a list of sectors that does not fit into one message is refused before anything is sent", async () => {
    const { env, bus } = await start({ ...DRIVERS.at(-1)!, productId: CHIPS.G071 });
    const args = ["protect", "write", "--sectors", Array.from({ length: 64 }, (_, n) => n).join(), ...TARGET];
    const { stderr, status } = await bootlace(args, env);
    expect(stderr).toMatch(/a message of 65 bytes is too long: the driver .*ch341.* takes 32 bytes a write/);
    expect(status).toBe(27);
    expect(longest({ bus, env })).toBeLessThanOrEqual(32);
  });

  it("whose messages are too short for the bootloader is refused with that sentence", async () => {
    const { env, bus } = await start({ driver: "i2c-qcom-cci", quirks: { maxWrite: 10, maxRead: 12 } });
    const { stderr, status } = await bootlace(["info", ...TARGET], env);
    expect(lines(stderr)[0]).toBe(
      "error: /dev/i2c-7: the driver i2c-qcom-cci takes 10 bytes a write and 12 bytes a read, and the bootloader needs messages of 32. [ADAPTER_LIMIT]",
    );
    expect([status, bus.totals.frames]).toEqual([27, 0]);
    expect(lastLine(stderr)).toContain("ADAPTER_LIMIT");
  });
});

describe("an adapter that nobody knows", () => {
  it.each([
    { most: 200, errno: "EOPNOTSUPP" },
    { most: 128, errno: "EINVAL" },
    { most: 64, errno: "EMSGSIZE" },
    { most: 60, errno: "EINVAL" },
    { most: 52, errno: "EOPNOTSUPP" },
    { most: 34, errno: "EINVAL" },
    { most: 32, errno: "EOPNOTSUPP" },
  ] as const)(
    "that answers $errno to more than $most bytes: frames become shorter until they fit",
    async ({ most, errno }) => {
      const rig = await start({ driver: "brand-new", quirks: { maxWrite: most, maxRead: most, errno } });
      const { file } = await write(rig, PAGES);
      await verifyAndRead(rig, file);
      expect(longest(rig)).toBeLessThanOrEqual(most);
    },
  );

  it.each([
    { name: "G071", i2cProtocol: "1.0" },
    { name: "F405", i2cProtocol: "1.0" },
    { name: "F405", i2cProtocol: "1.1" },
    { name: "H743", i2cProtocol: "1.1" },
    { name: "U585", i2cProtocol: "1.2" },
  ] as const)(
    "takes messages of 64 bytes: a $name with protocol $i2cProtocol is written",
    async ({ name, ...chip }) => {
      const rig = await start({ productId: CHIPS[name], ...chip, quirks: { maxWrite: 64, maxRead: 64 } });
      await write(rig, 3000);
    },
  );

  it("no time is lost with waiting for a frame that never was on the bus", async () => {
    const rig = await start({ quirks: { maxWrite: 60, maxRead: 60, errno: "EINVAL" } });
    await bootlace(["write", image(PAGES), ...TARGET], rig.env);
    const refused = rig.bus.trace!.filter(({ length }) => length > 60);
    expect(refused).toEqual([]);
    expect(rig.bus.trace!.at(-1)!.endMs - rig.bus.trace![0]!.startMs).toBeLessThan(5000);
  });

  it("a flash that is written 32 bytes at a time does not go through messages of 32: said before anything is erased", async () => {
    const rig = await start({ ...DRIVERS.at(-1)!, productId: CHIPS.H743 });
    const { stderr, status } = await bootlace(["write", image(3000), ...TARGET], rig.env);
    expect(stderr).toMatch(
      /flash is written 32 bytes at a time, which takes messages of 34 bytes; this adapter takes shorter ones/,
    );
    expect(status).toBe(27);
    expect(rig.bus.chips[0]!.counters.erasedPages).toBe(0);
  });
});
