/** The way of a write on simulated chips: every byte right, nothing else touched, no rule of the chip broken. */
import { afterEach, describe, expect, it } from "vitest";
import type { FlashEvent } from "../../src/flash/events.js";
import { MemoryImage } from "../../src/image/image.js";
import { connectSim, firmware, noise, type SimTarget } from "../support/sim-target.js";

/** The length of the command list of protocol 2.x can only be found out by reading too little of it (AN4221 rev 14, Get). */
const UNAVOIDABLE: ReadonlySet<string> = new Set(["short get"]);

const open: SimTarget[] = [];
const connectTo = async (...args: Parameters<typeof connectSim>): Promise<SimTarget> => {
  const sim = await connectSim(...args);
  open.push(sim);
  return sim;
};
afterEach(async () => {
  for (const { target, chip } of open.splice(0)) {
    await target.close();
    expect(chip.violations.filter(({ kind }) => !UNAVOIDABLE.has(kind))).toEqual([]);
  }
});

const framesOf = ({ chip }: SimTarget): number => chip.counters.i2cReads + chip.counters.i2cWrites;
const BASE = 0x0800_0000;

/** Eight and more series; the protocol is the chip's own or the one named. */
const CHIPS: readonly [name: string, kib: number, protocol: string][] = [
  ["stm32f072", 128, "1.0"],
  ["stm32f091", 128, "1.0"],
  ["stm32f407", 128, "1.0"],
  ["stm32f429", 128, "1.1"],
  ["stm32f746", 128, "1.2"],
  ["stm32g071", 128, "1.2"],
  ["stm32g0b1", 128, "1.2"],
  ["stm32g474", 128, "1.2"],
  ["stm32l071", 128, "1.2"],
  ["stm32l476", 128, "1.2"],
  ["stm32h743", 128, "1.1"],
  ["stm32c071", 128, "1.2"],
  ["stm32c092", 128, "2.0"],
  ["stm32u575", 128, "1.2"],
  ["stm32h563", 128, "2.0"],
  ["stm32wb55", 128, "1.2"],
  ["stm32g071?protocol=1.0", 128, "1.0"],
  ["stm32g071?protocol=1.1", 128, "1.1"],
  ["stm32g071?protocol=2.0", 128, "2.0"],
];

describe("128 KiB are written, verified and read back, byte for byte", () => {
  it.each(CHIPS)("on %s", async (name, kib, protocol) => {
    const { target, chip } = await connectTo(name);
    expect(target.chip.protocol).toBe(protocol);
    const image = firmware(target.chip.geometry.base, kib * 1024);
    const result = await target.write(image);
    expect(result).toMatchObject({ outcome: "written", bytesWritten: kib * 1024, retries: 0 });
    expect(await target.verify(image)).toMatchObject({ same: true, differences: [] });
    const read = await target.read({ start: image.start, end: image.end });
    expect(Buffer.compare(read, image.segments[0]!.bytes)).toBe(0);
    expect(Buffer.compare(chip.peek(image.start, read.length), read)).toBe(0);
  });

  it.each([
    "stm32f407?bus=uart",
    "stm32g071?bus=uart",
    "stm32f103c8?bus=uart",
    "stm32l072?bus=uart",
    "stm32wb09?bus=uart",
  ])("on %s", async (name) => {
    const { target, chip } = await connectTo(name);
    const image = firmware(target.chip.geometry.base, 32 * 1024);
    expect(await target.write(image)).toMatchObject({ outcome: "written" });
    expect(Buffer.compare(chip.peek(image.start, image.byteLength), image.segments[0]!.bytes)).toBe(0);
  });
});

describe("what is there already is left alone", () => {
  it("the same firmware again erases and writes nothing, in 40 frames from the first one on", async () => {
    const first = await connectTo("stm32g071");
    const image = firmware(BASE, 128 * 1024);
    await first.target.write(image);
    const { erasedPages, programmedBytes } = first.chip.counters;
    const before = framesOf(first);
    expect(await first.target.write(image)).toMatchObject({
      outcome: "already current",
      bytesWritten: 0,
      pagesKept: 64,
    });
    expect(first.chip.counters).toMatchObject({ erasedPages, programmedBytes });
    const connecting = framesOf(await connectTo("stm32g071"));
    expect(connecting + framesOf(first) - before).toBeLessThanOrEqual(40);
  });

  it("one changed page costs that page and the first one", async () => {
    const { target, chip } = await connectTo("stm32g071");
    const image = firmware(BASE, 128 * 1024);
    await target.write(image);
    const { erasedPages } = chip.counters;
    const changed = image.segments[0]!.bytes.slice();
    changed[40 * 2048 + 5]! ^= 0xff;
    const result = await target.write(new MemoryImage([{ address: BASE, bytes: changed }]));
    expect(result).toMatchObject({ outcome: "written", pagesErased: 2, pagesKept: 62, bytesWritten: 4096 });
    expect(chip.counters.erasedPages - erasedPages).toBe(2);
    expect(Buffer.compare(chip.peek(BASE, changed.length), changed)).toBe(0);
  });

  it("a blank chip is not erased", async () => {
    const { target, chip } = await connectTo("stm32g071");
    await target.write(firmware(BASE, 20_000));
    expect(chip.counters.erasedPages).toBe(0);
  });

  it("--full writes every page", async () => {
    const { target } = await connectTo("stm32g071");
    const image = firmware(BASE, 8192);
    await target.write(image);
    expect(await target.write(image, { full: true })).toMatchObject({
      outcome: "written",
      pagesErased: 4,
      pagesKept: 0,
    });
  });

  it("an assumed old image saves asking the chip, and what is written is verified all the same", async () => {
    const { target, chip } = await connectTo("stm32g071?protocol=1.0");
    const old = firmware(BASE, 8192);
    await target.write(old);
    const next = old.segments[0]!.bytes.slice();
    next[5000]! ^= 1;
    const image = new MemoryImage([{ address: BASE, bytes: next }]);
    expect(await target.write(image, { assume: old })).toMatchObject({ pagesErased: 2, pagesKept: 2 });
    expect(Buffer.compare(chip.peek(BASE, 8192), next)).toBe(0);
  });

  it("a wrong assumption is found out", async () => {
    const { target, chip } = await connectTo("stm32g071");
    const image = firmware(BASE, 4096);
    await target.write(image);
    chip.poke(BASE + 3000, Uint8Array.of(0));
    await expect(target.write(image, { assume: image })).rejects.toMatchObject({ code: "VERIFY_FAILED" });
  });
});

describe("what lies outside the image survives", () => {
  it.each(["stm32g071", "stm32g071?protocol=1.0", "stm32l072", "stm32f407", "stm32f407?bus=uart"])(
    "on %s",
    async (name) => {
      const { target, chip } = await connectTo(name);
      const { geometry } = target.chip;
      const size = geometry.pages[0]!.size;
      chip.poke(geometry.base, noise(4 * size, 7));
      const before = chip.peek(geometry.base, 4 * size).slice();
      const start = geometry.base + size + 99;
      const image = firmware(start, size + 1);
      const result = await target.write(image);
      expect(result.plan.preserveBytes).toBe(size - 1);
      before.set(image.segments[0]!.bytes, start - geometry.base);
      expect(Buffer.compare(chip.peek(geometry.base, 4 * size), before)).toBe(0);
    },
  );

  it("is given up on request, and the plan says how much", async () => {
    const { target, chip } = await connectTo("stm32g071");
    chip.poke(BASE, noise(2048, 7));
    const result = await target.write(firmware(BASE, 1000), { erasePartial: true });
    expect(result.plan.lostBytes).toBe(1048);
    expect(chip.peek(BASE + 1000, 1048).every((byte) => byte === 0xff)).toBe(true);
  });

  it("segments with gaps touch only the pages they lie in", async () => {
    const { target, chip } = await connectTo("stm32g071");
    chip.poke(BASE + 4096, noise(2048, 3));
    const held = chip.peek(BASE + 4096, 2048).slice();
    const far = { address: BASE + 0x8000, bytes: noise(300, 9) };
    await target.write(new MemoryImage([...firmware(BASE, 3000).segments, far]));
    expect(Buffer.compare(chip.peek(BASE + 4096, 2048), held)).toBe(0);
    expect(Buffer.compare(chip.peek(far.address, 300), far.bytes)).toBe(0);
  });
});

describe("nothing is sent to the flash when", () => {
  const refused = async (sim: SimTarget, image: MemoryImage, options = {}): Promise<unknown> => {
    const { operations } = sim.chip.counters;
    const error: unknown = await sim.target.write(image, options).catch((reason: unknown) => reason);
    expect(sim.chip.counters.operations).toBe(operations);
    return error;
  };

  it("the image is larger than the flash that the chip has", async () => {
    const sim = await connectTo("stm32g071?flash=64");
    expect(await refused(sim, firmware(BASE, 65 * 1024))).toMatchObject({ code: "IMAGE_OUTSIDE" });
  });

  it("the chip is readout-protected", async () => {
    const sim = await connectTo("stm32g071?rdp=1");
    const error = await refused(sim, firmware(BASE, 1024));
    expect(error).toMatchObject({
      code: "PROTECTED",
      message: "STM32G07xxx/08xxx is readout-protected: it refuses to be read, erased and written",
    });
  });

  it("it does not look like firmware and the caller wants that refused", async () => {
    const sim = await connectTo("stm32g071");
    const image = new MemoryImage([{ address: BASE, bytes: noise(1024, 5) }]);
    expect(await refused(sim, image, { check: "refuse" })).toMatchObject({ code: "IMAGE_UNLIKELY" });
  });

  it("only the plan is wanted", async () => {
    const sim = await connectTo("stm32g071");
    const { operations } = sim.chip.counters;
    const result = await sim.target.write(firmware(BASE, 5000), { dryRun: true });
    expect(result).toMatchObject({ outcome: "planned", bytesWritten: 0 });
    expect(result.plan.pages.map(({ action }) => action)).toEqual(["write", "write", "write"]);
    expect(sim.chip.counters.operations).toBe(operations);
  });
});

describe("the order of a write", () => {
  it("tells its phases in order", async () => {
    const { target } = await connectTo("stm32g071");
    await target.write(firmware(BASE, 8192, 2));
    const events: FlashEvent[] = [];
    await target.write(firmware(BASE, 8192, 3), { onEvent: (event) => events.push(event) });
    const told = events
      .filter(({ type }) => type !== "progress")
      .map((event) => ("phase" in event ? `${event.type} ${event.phase}` : event.type));
    expect(told).toEqual([
      "start compare", "end compare", "planned", "start erase", "end erase", "start write", "end write", "start verify", "end verify",
    ]); // prettier-ignore
  });

  it("never lets the chip boot a half-written image, wherever it is stopped", async () => {
    const [older, newer] = [firmware(BASE, 6000, 2), firmware(BASE, 6000, 3)];
    for (let stopAfter = 1; ; stopAfter++) {
      const { target, chip } = await connectTo("stm32g071");
      await target.write(older);
      const controller = new AbortController();
      const start = chip.counters.operations;
      const stop = (): void => {
        if (chip.counters.operations - start >= stopAfter) controller.abort();
      };
      const outcome = await target.write(newer, { onEvent: stop, signal: controller.signal }).then(
        () => "done" as const,
        (error: unknown) => error,
      );
      const held = chip.peek(BASE, 6000);
      const whole = [older, newer].some(({ segments }) => Buffer.compare(held, segments[0]!.bytes) === 0);
      expect(whole || !chip.wouldBoot(), `stopped after ${stopAfter} operations`).toBe(true);
      if (outcome === "done") break;
      expect(outcome).toMatchObject({ code: "INTERRUPTED" });
      expect(await target.write(newer)).toMatchObject({ outcome: "written" });
      expect(Buffer.compare(chip.peek(BASE, 6000), newer.segments[0]!.bytes)).toBe(0);
    }
  });
});

describe("a transport with a fault of its own", () => {
  it("ends the write with that error, though the next list is compiled meanwhile", async () => {
    const { target, transport, chip } = await connectTo("stm32g071?protocol=1.1");
    const exchange = transport.exchange.bind(transport);
    transport.exchange = (steps, options) =>
      chip.counters.operations > 40
        ? Promise.reject(new Error("a fault of its own"))
        : exchange(steps, options);
    const image = firmware(target.chip.geometry.base, 64 * 1024);
    await expect(target.write(image)).rejects.toThrow("a fault of its own");
    transport.exchange = exchange;
  });
});
