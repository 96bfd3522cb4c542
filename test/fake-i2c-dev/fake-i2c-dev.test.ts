/** The test device itself, with a small C client and a scripted chip: what a program sees must be what the kernel does. */
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildPreload, compile } from "./build.js";
import { type BusOptions, PLAIN_I2C, PROTOCOL_MANGLING, SMBUS_ONLY } from "./bus.js";
import { projectFolder } from "./project-folder.js";
import { runTool } from "./run-tool.js";
import { done, type Script, scriptedChip } from "./scripted-chip.js";
import { type FakeI2c, startFakeI2c } from "./server.js";

let probe = "";
beforeAll(() => {
  const source = join(projectFolder(), "test/fake-i2c-dev/probe.c");
  probe = compile("probe", [source], ["-O1", "-Wall", "-Wextra", "-Werror"]);
});
const open: FakeI2c[] = [];
afterEach(async () => {
  for (const device of open.splice(0)) await device.close();
});

async function start(options: Partial<BusOptions> = {}, script: Partial<Script> = {}) {
  const { make, seen } = scriptedChip({ address: 0x56, ...script });
  const device = await startFakeI2c({ number: 7, chips: [make], ...options });
  open.push(device);
  const run = async (...commands: string[]) => {
    const { stdout, status, stderr } = await runTool(probe, [device.path, ...commands], device.env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout.trim().split("\n");
  };
  return { device, seen, run };
}

describe("transfers", () => {
  it("carries writes and reads to the chip at the address", async () => {
    const { run, seen } = await start();
    expect(await run("w:56:01FE", "r:56:3", "w:56:")).toEqual(["1", "1 797979", "1"]);
    expect(seen).toEqual(["W 01 FE", "R 3", "W"]);
  });

  it("carries them through I2C_SLAVE with read and write too", async () => {
    const { run, seen } = await start();
    expect(await run("slave:56", "write:11EE", "read:2", "force:57", "read:1")).toEqual([
      "0",
      "2",
      "2 7979",
      "0",
      "ENXIO",
    ]);
    expect(seen).toEqual(["W 11 EE", "R 2"]);
  });

  it("passes a second message of one call on as a repeated START", async () => {
    const { run, seen } = await start();
    expect(await run("wr:56:01:3")).toEqual(["2 797979"]);
    expect(seen).toEqual(["W 01", "Sr R 3"]);
  });

  it("knows I2C_M_STOP on adapters with protocol mangling only", async () => {
    const { run, seen, device } = await start();
    await run("ws:56:01:1");
    device.bus.set({ functions: PLAIN_I2C | PROTOCOL_MANGLING });
    await run("ws:56:02:1");
    expect(seen).toEqual(["W 01", "Sr R 1", "W 02", "R 1"]);
  });

  it("finds nobody at an address without a chip, with the errno of the adapter", async () => {
    const { run, device } = await start();
    expect(await run("r:57:1")).toEqual(["ENXIO"]);
    device.bus.set({ nackErrno: "EREMOTEIO" });
    expect(await run("r:57:1")).toEqual(["EREMOTEIO"]);
  });

  it("serves several threads with descriptors of their own", async () => {
    const { run } = await start();
    expect(await run("spawn:8:56:100")).toEqual(["0"]);
  });

  it("serves several buses with the same address side by side", async () => {
    const chips = [scriptedChip({ address: 0x56 }), scriptedChip({ address: 0x56 })] as const;
    const device = await startFakeI2c(
      { number: 7, chips: [chips[0].make] },
      { number: 8, chips: [chips[1].make] },
    );
    open.push(device);
    await runTool(probe, ["/dev/i2c-8", "w:56:08"], device.env);
    expect(chips.map((chip) => chip.seen)).toEqual([[], ["W 08"]]);
  });
});

describe("the kernel's own checks", () => {
  it("takes 42 messages of 8192 bytes at most", async () => {
    const { run } = await start();
    expect(await run("many:56:42", "many:56:43", "many:56:0", "long:56:8192", "long:56:8193")).toEqual([
      "42",
      "EINVAL",
      "EINVAL",
      "1",
      "EINVAL",
    ]);
  });

  it("refuses I2C_RDWR on an adapter for SMBus only", async () => {
    const { run, seen } = await start({ functions: SMBUS_ONLY });
    expect(await run("funcs", "r:56:1", "slave:56", "read:1")).toEqual([
      "0EFF0008",
      "EOPNOTSUPP",
      "0",
      "EOPNOTSUPP",
    ]);
    expect(seen).toEqual([]);
  });

  it("refuses what the adapter's quirks exclude", async () => {
    const { run } = await start({ quirks: { maxWrite: 2, maxRead: 3, maxMessages: 1 } });
    expect(await run("w:56:0102", "w:56:010203", "r:56:3", "r:56:4", "wr:56:01:1")).toEqual([
      "1",
      "EOPNOTSUPP",
      "1 797979",
      "EOPNOTSUPP",
      "EOPNOTSUPP",
    ]);
  });

  it("says EBUSY for an address that a driver has, except with force", async () => {
    const { run } = await start({ boundAddresses: [0x56] });
    expect(await run("slave:56", "force:56", "slave:80")).toEqual(["EBUSY", "0", "EINVAL"]);
  });

  it("knows the limits of I2C_TIMEOUT and no other ioctl", async () => {
    const { run } = await start();
    expect(await run("timeout:100", "timeout:4294967295", "retries:3", "ioctl:5401")).toEqual([
      "0",
      "EINVAL",
      "0",
      "ENOTTY",
    ]);
  });
});

describe("opening", () => {
  it("fails with ENOENT where there is no such bus and with the errno that was set", async () => {
    const { device } = await start();
    const at = (path: string) => runTool(probe, [path, "funcs"], device.env).then((r) => r.stdout.trim());
    expect(await at("/dev/i2c-99")).toBe("open: ENOENT");
    device.bus.set({ openErrno: "EACCES" });
    expect(await at("/dev/i2c-7")).toBe("open: EACCES");
  });

  it("looks like a character device, can be duplicated, and its locks hold between processes", async () => {
    const { run } = await start();
    expect(await run("stat", "dup")).toEqual(["11", "1 79"]);
    expect(await run("lock")).toEqual(["0", "EAGAIN", "0"]);
  });

  it("is gone like an unplugged adapter when the server closes", async () => {
    const { device, run } = await start();
    device.bus.onFrame = () => void device.close();
    expect(await run("r:56:1", "r:56:1")).toEqual(["ENODEV", "ENODEV"]);
  });
});

describe("clock stretching", () => {
  const slow = { onRead: (length: number) => done(new Uint8Array(length).fill(0x1f), 300) };

  it("is borne up to I2C_TIMEOUT; then the call ends with ETIMEDOUT and the chip hears of it", async () => {
    const { run, seen } = await start({ wait: false }, slow);
    expect(await run("r:56:1", "timeout:10", "r:56:1")).toEqual(["1 1F", "0", "ETIMEDOUT"]);
    expect(seen).toEqual(["R 1", "R 1", "abort"]);
  });

  it("is borne up to a fixed limit by an adapter that ignores I2C_TIMEOUT", async () => {
    const { run } = await start({ wait: false, stretchLimit: { ms: 25, honoursTimeout: false } }, slow);
    expect(await run("timeout:1000", "r:56:1")).toEqual(["0", "ETIMEDOUT"]);
  });

  it("blocks the bus after the adapter gave up, for as long as the chip holds SCL", async () => {
    let reads = 0;
    const { run, seen } = await start(
      { wait: false, stretchLimit: { ms: 100, honoursTimeout: false } },
      { onRead: (n) => done(new Uint8Array(n).fill(0x79), reads++ === 0 ? 280 : 0) },
    );
    expect(await run("r:56:1", "r:56:1", "r:56:1")).toEqual(["ETIMEDOUT", "ETIMEDOUT", "1 79"]);
    expect(seen).toEqual(["R 1", "abort", "R 1"]);
  });

  it("ends when a chip that was held up resets itself: a read gives FF, a write is not acknowledged", async () => {
    const held = () => ({ kind: "held", stretchMs: 500 }) as const;
    const { run } = await start({ wait: false }, { onRead: held, onWrite: held });
    expect(await run("r:56:2", "w:56:00")).toEqual(["1 FFFF", "EREMOTEIO"]);
  });
});

describe("faults by frame number", () => {
  it("fails that frame only, before or after the chip has seen it", async () => {
    const { run, seen, device } = await start();
    device.bus.faults.set(1, { errno: "EIO" }).set(3, { errno: "ETIMEDOUT", seen: true });
    expect(await run("w:56:01", "w:56:02", "w:56:03", "w:56:04")).toEqual(["EIO", "1", "ETIMEDOUT", "1"]);
    expect(seen).toEqual(["W 02", "W 03", "W 04"]);
  });

  it("turns bits over and replaces replies", async () => {
    const { run, seen, device } = await start();
    device.bus.faults
      .set(1, { flip: { byte: 1, bit: 0 } })
      .set(2, { flip: { byte: 0, bit: 7 } })
      .set(3, { reply: Uint8Array.of(0x76) });
    expect(await run("w:56:01FE", "r:56:1", "r:56:1")).toEqual(["1", "1 F9", "1 76"]);
    expect(seen[0]).toBe("W 01 FF");
  });

  it("tries a lost arbitration again as often as I2C_RETRIES says", async () => {
    const { run, device } = await start();
    device.bus.faults.set(1, { errno: "EAGAIN" }).set(2, { errno: "EAGAIN" });
    expect(await run("r:56:1", "retries:1", "r:56:1")).toEqual(["EAGAIN", "0", "1 79"]);
  });
});

describe("the modelled wire", () => {
  it("takes 9 bits a byte and START and STOP, on a schedule that counts nothing else", async () => {
    const { run, device } = await start({ speedHz: 400_000 });
    device.bus.trace = [];
    await run("r:56:1", "w:56:01FE", "r:57:1");
    const bits = device.bus.trace.map((frame) => Math.round((frame.endMs - frame.startMs) * 400));
    expect(bits).toEqual([20, 29, 11]);
    expect(device.bus.totals).toMatchObject({ frames: 3, reads: 2, writes: 1 });
  });

  it("gives the chip the time of the schedule: the end of a write, the address of a read", async () => {
    const times: number[] = [];
    const note = (bytes?: Uint8Array) => (_: unknown, nowMs: number) => (times.push(nowMs), done(bytes));
    const { run, device } = await start(
      { speedHz: 100_000, wait: false },
      { onWrite: note(), onRead: note(Uint8Array.of(1)) },
    );
    device.bus.trace = [];
    await run("w:56:01FE", "r:56:1");
    const [write, read] = device.bus.trace;
    expect(times[0]).toBeCloseTo(write!.endMs, 6);
    expect(times[1]).toBeCloseTo(read!.startMs + 0.1, 6);
    expect(read!.startMs).toBeGreaterThanOrEqual(write!.endMs);
  });
});

describe("answers inside", () => {
  it("needs no server: every read is the byte that was asked for", async () => {
    const env = { LD_PRELOAD: buildPreload(), BOOTLACE_FAKE_I2C_INSIDE: "0x79" };
    const { stdout } = await runTool(probe, ["/dev/i2c-0", "funcs", "w:56:01FE", "r:56:4", "stat"], env);
    expect(stdout.trim().split("\n")).toEqual(["0EFF0009", "1", "1 79797979", "01"]);
  });
});
