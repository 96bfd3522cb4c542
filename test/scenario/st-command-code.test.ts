/** ST's own command code (Open Bootloader v6.1.3 and v3.0.1) does some things that no ROM seen does, and is right by the documents. */
import { stm32Crc } from "../../src/protocol/crc.js";
import { describe, expect, it } from "vitest";
import { connect } from "../../src/flash/connect.js";
import type { Target } from "../../src/flash/target.js";
import { halfWordFrame, wordFrame } from "../../src/protocol/frames.js";
import { resynchronise } from "../../src/protocol/resync.js";
import { connectBootloader } from "../../src/protocol/connect.js";
import { VirtualClock } from "../../src/simulator/clock.js";
import { simulate } from "../../src/simulator/spec.js";
import { openSim } from "../../src/transport/sim/sim.js";
import { connectSim, firmware } from "../support/sim-target.js";

const BASE = 0x0800_0000;
const LIST_1_1 = [
  0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92, 0x32, 0x45, 0x64, 0x74, 0x83, 0x93,
];
const V6 = [...LIST_1_1, 0x50, 0x51];

describe.each(["late", "finished"] as const)(
  "a Get of another length than its version's, short reads %s",
  (wrongRead) => {
    it.each([
      ["19 commands with version 1.2, as v6.1.3 lists", V6, "1.2"],
      ["19 commands with version 2.0, as v7.0.0 can list", V6, "2.0"],
      ["16 commands with version 2.0", LIST_1_1.slice(0, 16), "2.0"],
      ["fewer than usual", LIST_1_1.slice(0, 14), "1.2"],
      ["one fewer than usual", LIST_1_1, "1.2"],
    ] as const)("is understood: %s", async (_, i2cOpcodes, protocol) => {
      const { target, chip } = await connectSim(
        `stm32g071?protocol=${protocol}`,
        {},
        { i2cOpcodes, quirks: { wrongRead } },
      );
      expect(target.chip.commands).toEqual(i2cOpcodes);
      expect(target.chip.productId).toBe(0x460);
      expect(chip.violations.filter(({ kind }) => kind !== "length" && kind !== "short get")).toEqual([]);
      const image = firmware(BASE, 5000);
      expect(await target.write(image)).toMatchObject({ outcome: "written" });
      expect(Buffer.from(chip.peek(BASE, 5000)).equals(image.segments[0]!.bytes)).toBe(true);
    });
  },
);

it("v6.1.3 is met without a reset, and its list is read right from the second time on", async () => {
  const { chip, transport, target } = await connectSim("stm32g071", {}, { i2cOpcodes: V6 });
  expect(chip.counters.resets).toBe(0);
  const mistakes = chip.violations.length;
  await connectBootloader(transport, { version: 0x12, commands: target.chip.commands, productId: 0x460 });
  expect(chip.violations).toHaveLength(mistakes);
});

it("Get ID, whose length is known, is asked before Get", async () => {
  const transport = await openSim("stm32g071");
  const sent: number[] = [];
  const { chip } = transport;
  const write = chip.i2cWrite.bind(chip);
  chip.i2cWrite = (address, bytes) => {
    sent.push(bytes[0]!);
    return write(address, bytes);
  };
  await connectBootloader(transport);
  expect(sent).toEqual([0x01, 0x02, 0x00]);
  await resynchronise(transport);
});

describe.each(["stm32g071", "stm32g0b1?bus=uart&protocol=3.3"])(
  "Get Checksum listed and refused by %s",
  (name) => {
    const refusing = { quirks: { checksumUnhandled: true } };

    it("is not taken for protection: write, verify, read and checksum go on by reading", async () => {
      const { target, chip } = await connectSim(name, {}, refusing);
      const image = firmware(BASE, 5000);
      expect(await target.write(image)).toMatchObject({ outcome: "written" });
      expect(Buffer.from(chip.peek(BASE, 5000)).equals(image.segments[0]!.bytes)).toBe(true);
      expect(await target.verify(image)).toMatchObject({ same: true, by: "read back" });
      expect(await target.read({ start: BASE, end: BASE + 5000 })).toEqual(image.segments[0]!.bytes);
    });

    it("is no failure of a checksum that is asked for first: it is read back", async () => {
      const image = firmware(BASE, 4096);
      const asked = await connectSim(name, {}, refusing);
      asked.chip.poke(BASE, image.segments[0]!.bytes);
      expect(await asked.target.checksum({ start: BASE, end: BASE + 4096 })).toEqual({
        crc: stm32Crc(image.segments[0]!.bytes),
        by: "read back",
      });
    });

    it("a chip that is protected is still told so", async () => {
      const { target } = await connectSim(name, {}, { ...refusing, readoutLevel: 1 });
      await expect(target.write(firmware(BASE, 5000))).rejects.toMatchObject({ code: "PROTECTED" });
    });
  },
);

describe.each(["stm32g071", "stm32g0b1?bus=uart&protocol=3.3"])(
  "a command listed and refused by %s",
  (name) => {
    const write = [0x31, 0x32];
    const erase = [0x44, 0x45];
    const listed = "though the bootloader lists it; the chip can be read, so this is no readout protection";

    it.each([
      ["Write Memory", write, (target: Target) => target.write(firmware(BASE, 5000))],
      ["Erase Memory", erase, (target: Target) => target.erase("all")],
      ["Go", [0x21], (target: Target) => target.write(firmware(BASE, 5000), { leave: "go" })],
      ["Write Protect", [0x63, 0x64], (target: Target) => target.protect({ writeSectors: [1] })],
      ["Write Unprotect", [0x73, 0x74], (target: Target) => target.unprotect("write")],
      ["Readout Protect", [0x82, 0x83], (target: Target) => target.protect({ readout: true })],
    ] as const)("is no protection: %s", async (command, unhandledOpcodes, job) => {
      const { target } = await connectSim(name, {}, { unhandledOpcodes });
      const error: unknown = await job(target).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code: "REFUSED", context: { command, stage: "command" } });
      expect((error as Error).message).toContain(listed);
    });

    it("is protection where Read Memory is refused too", async () => {
      const { target } = await connectSim(name, {}, { readoutLevel: 1 });
      await expect(target.protect({ writeSectors: [1] })).rejects.toMatchObject({ code: "PROTECTED" });
      await expect(target.run(BASE)).rejects.toMatchObject({ code: "PROTECTED" });
    });
  },
);

describe("a no-stretch erase that hangs", () => {
  const hanging = { quirks: { noStretchEraseHangs: true } };

  it("is done with 0x44, pages and all at once", async () => {
    const { target, chip } = await connectSim("stm32g071?flash=32", {}, hanging);
    const image = firmware(BASE, 5000);
    expect(await target.write(image)).toMatchObject({ outcome: "written" });
    await target.write(firmware(BASE, 5000, 2));
    expect(await target.erase({ start: BASE, end: BASE + 2048 })).toMatchObject({ how: "pages" });
    expect(await target.erase("all")).toMatchObject({ how: "mass" });
    expect(chip.peek(BASE, 5000).every((byte) => byte === 0xff)).toBe(true);
    expect(chip.counters.resets).toBe(1); // it is not tried a second time
  });
});

describe.each(["stm32g071", "stm32g0b1?bus=uart"])("a refusal is an answer, of %s", (name) => {
  /** A chip that has neither system memory nor mass erase, and what is sent to it. */
  async function poorChip() {
    const { facts } = await simulate(name.split("?")[0]!, {}, new VirtualClock());
    const { sizeRegister, uidRegister, idAddress, ...rest } = facts;
    const flash = { ...facts.flash, massErase: false };
    const transport = await openSim(name, {
      facts: { ...rest, flash, systemMemory: [] },
    });
    const frames: string[] = [];
    const exchange = transport.exchange.bind(transport);
    transport.exchange = (steps) => {
      for (const step of steps) if (step.kind === "write") frames.push(step.bytes.join());
      return exchange(steps);
    };
    const times = (frame: Uint8Array): number => frames.filter((sent) => sent === frame.join()).length;
    const registers = [sizeRegister, uidRegister, idAddress].filter((address) => address !== undefined);
    return { transport, registers, times };
  }

  it("an address that no document has is asked for once, a documented register three times", async () => {
    const { transport, registers, times } = await poorChip();
    const target = await connect(transport);
    const info = await target.info();
    expect(info).toMatchObject({ flashSizeFrom: "largest of its product ID" });
    expect(info.uniqueId).toBeUndefined();
    await expect(target.read({ start: 0x6000_0000, end: 0x6000_0010 })).rejects.toMatchObject({
      code: "REFUSED",
    });
    expect(times(wordFrame(0x6000_0000))).toBe(1);
    expect(registers).toHaveLength(3);
    // Twice: a flipped bit in the question is refused as well, and a size that is not known changes what is erased.
    for (const address of registers) expect(times(wordFrame(address)), address.toString(16)).toBe(3);
  });

  it("a mass erase is given once, then the pages are erased", async () => {
    const { transport, times } = await poorChip();
    const target = await connect(transport);
    expect(await target.erase("all")).toMatchObject({ how: "pages", retries: 0 });
    expect(times(halfWordFrame(0xffff))).toBe(1);
  });
});
