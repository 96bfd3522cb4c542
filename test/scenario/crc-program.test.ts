/** Checksums by a program in the chip's RAM: the same plan and the same verdict as by reading, and a way on when it goes wrong. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { sameBytes } from "../../src/bytes.js";
import { crcProgramPlace, type CrcProgramPlace } from "../../src/devices/crc-program.js";
import type { FlashEvent } from "../../src/flash/events.js";
import { chooseChecksums } from "../../src/flash/chip/choose-checksums.js";
import { identifyChip } from "../../src/flash/chip/identify.js";
import { ChipTarget } from "../../src/flash/chip-target.js";
import { connect } from "../../src/flash/connect.js";
import { MemoryImage } from "../../src/image/image.js";
import { stm32Crc } from "../../src/protocol/crc.js";
import { connectBootloader } from "../../src/protocol/connect.js";
import type { ChipQuirks } from "../../src/simulator/quirks.js";
import { openSim } from "../../src/transport/sim/sim.js";
import { delay, type Exchanged } from "../../src/transport/transport.js";
import { ForwardingTransport } from "../../src/transport/wrap.js";
import { connectSim, firmware } from "../support/sim-target.js";

const BASE = 0x0800_0000;
const SIZE = 40 * 1024;

/**
 * ROMs without Get Checksum, on both buses: cores with and without VTOR, pages and sectors, erased 00. A first write asks once, to verify,
 * where a few pages that are read say that all differ; where the image has few sectors it asks before, and about the rest of the last one.
 */
const CHIPS = [
  ["stm32f072?bus=uart", 1],
  ["stm32f103rc?bus=uart", 1],
  ["stm32f405?bus=uart", 3],
  ["stm32l073?bus=uart", 1],
  ["stm32f091?protocol=1.0", 1],
  ["stm32f411?protocol=1.1", 2],
  ["stm32h743?bus=uart", 3],
] as const;

async function connectAsking(name: string, quirks: Partial<ChipQuirks> = {}) {
  const events: FlashEvent[] = [];
  const connected = await connectSim(name, { crcProgram: "always" }, { quirks });
  const notes = () => events.flatMap((event) => (event.type === "note" ? [event.text] : []));
  return { ...connected, notes, onEvent: (event: FlashEvent) => void events.push(event) };
}

const changed = (image: MemoryImage, at: number): MemoryImage => {
  const bytes = image.segments[0]!.bytes.slice();
  bytes[at]! ^= 1;
  return new MemoryImage([{ address: image.start, bytes }]);
};

const holds = (chip: { peek(address: number, length: number): Uint8Array }, image: MemoryImage): boolean =>
  sameBytes(chip.peek(image.start, image.byteLength), image.segments[0]!.bytes);

describe.each(CHIPS)("on %s", (name, asked) => {
  const image = firmware(BASE, SIZE);

  it("a write is compared and verified by it, and the flash holds the image", async () => {
    const { target, chip, onEvent } = await connectAsking(name);
    const { resets } = chip.counters;
    expect(await target.write(image, { onEvent })).toMatchObject({
      outcome: "written",
      verifiedBy: "checksum program",
      retries: 0,
    });
    expect(holds(chip, image)).toBe(true);
    expect(chip.counters.resets - resets).toBe(asked);
    expect(chip.violations).toEqual([]);
  });

  it("the same image again is found to be there with one reset", async () => {
    const { target, chip } = await connectAsking(name);
    await target.write(image);
    const before = { resets: chip.counters.resets };
    expect(await target.write(image)).toMatchObject({
      outcome: "already current",
      verifiedBy: "checksum program",
    });
    expect(chip.counters.resets - before.resets).toBe(1);
  });

  it("one changed byte leads to the plan that reading makes", async () => {
    const { target, chip } = await connectAsking(name);
    await target.write(image);
    const next = changed(image, 20_000);
    const reading = await connectSim(name, { crcProgram: "never" });
    await reading.target.write(image);
    const [byProgram, byReading] = await Promise.all([target.write(next), reading.target.write(next)]);
    expect(byProgram.plan).toEqual(byReading.plan);
    expect(byReading.verifiedBy).toBe("read back");
    expect(holds(chip, next)).toBe(true);
  });

  it("verify tells the same and the other", async () => {
    const { target } = await connectAsking(name);
    await target.write(image);
    expect(await target.verify(image)).toMatchObject({ same: true, by: "checksum program" });
    const { differences } = await target.verify(changed(image, 12_345));
    expect(differences).toHaveLength(1);
    expect(differences[0]!.start).toBeLessThanOrEqual(BASE + 12_345);
    expect(differences[0]!.end).toBeGreaterThan(BASE + 12_345);
  });
});

describe("when something is amiss", () => {
  const image = firmware(BASE, SIZE);
  const NOT_BELIEVED =
    "the program in the chip's RAM left no results that can be believed; the flash is read instead";

  it("a boot that overwrites RAM costs one reset; all else is read", async () => {
    const { target, chip, notes, onEvent } = await connectAsking("stm32f072?bus=uart", {
      startOverwritesRam: true,
    });
    const { resets } = chip.counters;
    expect(await target.write(image, { onEvent })).toMatchObject({ verifiedBy: "read back" });
    expect(notes()).toContain(NOT_BELIEVED);
    expect(holds(chip, image)).toBe(true);
    expect(chip.counters.resets - resets).toBe(1);
  });

  it("flash that faults under the program is read", async () => {
    const { target, chip, notes, onEvent } = await connectAsking("stm32f405?bus=uart", {
      programFaultsFrom: BASE + 9000,
    });
    expect(await target.write(image, { onEvent })).toMatchObject({ verifiedBy: "read back" });
    expect(notes()).toContain(NOT_BELIEVED);
    expect(holds(chip, image)).toBe(true);
  });

  it.each(["application", "nothing"] as const)(
    "a chip that comes back as %s, without lines to bring it back, ends with how to get it back",
    async (afterRamProgram) => {
      const { target, chip } = await connectAsking("stm32f091?protocol=1.0", { afterRamProgram });
      await expect(target.write(image)).rejects.toMatchObject({
        code: "RESET_FAILED",
        message: expect.stringMatching(/did not come back from the checksum program in its RAM$/) as string,
        commandHint: "Reset it with BOOT0 high and run the same command again without --crc-program.",
      });
      expect(chip.wouldBoot()).toBe(false);
    },
  );

  it("another chip that answers after the reset is an error", async () => {
    const other = await openSim("stm32f103rc?bus=uart");
    let meet = "the first";
    const swapped = new (class extends ForwardingTransport {
      override exchange(...args: Parameters<ForwardingTransport["exchange"]>): Promise<Exchanged> {
        if (args[0][0]?.kind === "delay") meet = "another";
        return meet === "another" ? other.exchange(...args) : super.exchange(...args);
      }
    })(await openSim("stm32f072?bus=uart"));
    const target = await connect(swapped, { crcProgram: "always" });
    await expect(target.checksum({ start: BASE, end: BASE + SIZE })).rejects.toMatchObject({
      code: "WRONG_CHIP",
      message: "another chip answers after the reset: product ID 0x414 instead of 0x448",
    });
  });

  it.each(["stm32f072?bus=uart", "stm32f301?bus=uart", "stm32f405?bus=uart"])(
    "on %s no 0x7F is sent while the program runs or the ROM starts: half of one would be measured",
    async (name) => {
      const { target, chip } = await connectAsking(name);
      const states = new Set<string>();
      const receive = chip.uartReceive.bind(chip);
      vi.spyOn(chip, "uartReceive").mockImplementation((...args) => {
        states.add(chip.state);
        receive(...args);
      });
      expect(await target.write(image)).toMatchObject({ verifiedBy: "checksum program" });
      expect([...states]).toEqual(["bootloader"]);
    },
  );

  it("is not started on chips that hold it back, and says why", async () => {
    await expect(connectSim("stm32u575?bus=uart", { crcProgram: "always" })).rejects.toMatchObject({
      code: "NOT_OFFERED",
      message: expect.stringMatching(
        /^no checksum program runs on STM32U5.*: secure services run at each reset, and no document says whether they leave the RAM alone$/,
      ) as string,
    });
    await expect(connectSim("stm32f042?bus=uart", { crcProgram: "always" })).rejects.toMatchObject({
      message: expect.stringMatching(/its bootloader leaves no RAM to the host$/) as string,
    });
  });

  it("is not started of itself where no lines bring the chip back", async () => {
    const { target, chip } = await connectSim("stm32f072?bus=uart");
    const { resets } = chip.counters;
    expect(await target.write(image)).toMatchObject({ verifiedBy: "read back" });
    expect(chip.counters.resets).toBe(resets);
  });
});

describe("a checksum that is to be proven", () => {
  const image = firmware(BASE, SIZE);
  const range = { start: BASE, end: BASE + SIZE };
  /** As of a program that computes something else: the byte at `at` becomes another one between the program and what is read. */
  async function changingAt(at: number, proven = false) {
    vi.spyOn(Math, "random").mockReturnValue(0); // the first pieces are the ones that are read beside
    const transport = await openSim("stm32f103rc?bus=uart");
    transport.chip.poke(BASE, image.segments[0]!.bytes);
    const changing = new (class extends ForwardingTransport {
      override async exchange(...args: Parameters<ForwardingTransport["exchange"]>): Promise<Exchanged> {
        const exchanged = await super.exchange(...args);
        if (args[0][0]?.kind === "delay") transport.chip.poke(BASE + at, Uint8Array.of(7));
        return exchanged;
      }
    })(transport);
    const session = await identifyChip(changing, await connectBootloader(changing), {});
    const place = crcProgramPlace(session.device, session.quirks) as CrcProgramPlace;
    const checksums = { kind: "program", place: { ...place, proven }, trust: "untried" } as const;
    return new ChipTarget({ ...session, checksums }, async () => undefined);
  }

  afterEach(() => void vi.restoreAllMocks());

  it("one checksum of everything costs three short pieces that are read, not everything", async () => {
    const { target, transport, chip } = await connectSim("stm32f103rc?bus=uart", { crcProgram: "always" });
    chip.poke(BASE, image.segments[0]!.bytes);
    let bytes = 0;
    const exchange = transport.exchange.bind(transport);
    vi.spyOn(transport, "exchange").mockImplementation(async (...args) => {
      const exchanged = await exchange(...args);
      for (const read of exchanged.reads) bytes += read.length;
      return exchanged;
    });
    expect(await target.checksum(range)).toEqual({
      crc: stm32Crc(image.segments[0]!.bytes),
      by: "checksum program",
    });
    expect(bytes).toBeLessThan(1024); // the program itself and its results among them
  });

  it.each([
    ["stm32f405?bus=uart", { crcProgram: "always" }, "checksum program"],
    ["stm32f042?bus=i2c&protocol=1.2", {}, "checksum"],
  ] as const)("on %s is told piece by piece and held against all that is read", async (name, options, by) => {
    const { target, chip } = await connectSim(name, options);
    const short = { start: BASE, end: BASE + 16 * 1024 };
    chip.poke(BASE, image.segments[0]!.bytes.subarray(0, 16 * 1024));
    const { crc } = await target.checksum(short);
    expect(await target.checksum(short, { prove: true })).toMatchObject({
      crc,
      by,
      proof: { asked: by, agrees: true, pieces: 8, differences: [] },
    });
  });

  it("names the pieces that are not what is read", async () => {
    const { by, proof } = await (await changingAt(3 * 2048 + 100)).checksum(range, { prove: true });
    expect(by).toBe("read back");
    expect(proof).toMatchObject({ asked: "checksum program", agrees: false, pieces: 20 });
    expect(proof!.differences).toEqual([{ start: BASE + 3 * 2048, end: BASE + 4 * 2048 }]);
  });

  it("is none where a boot overwrites the results", async () => {
    const { target } = await connectAsking("stm32f072?bus=uart", { startOverwritesRam: true });
    const { by, proof } = await target.checksum(range, { prove: true });
    expect(by).toBe("read back");
    expect(proof).toMatchObject({ agrees: false, differences: undefined });
  });

  it("is refused where nobody tells checksums", async () => {
    const { target } = await connectSim("stm32f072?bus=uart");
    await expect(target.checksum(range, { prove: true })).rejects.toMatchObject({
      code: "NOT_OFFERED",
      commandHint: "Give --crc-program.",
    });
  });

  it.each([
    [0, false, "read back"],
    [2, false, "read back"],
    [3, false, "checksum program"],
    [0, true, "checksum program"],
  ] as const)(
    "piece %i is read beside the first results unless the product is proven (%s): %s",
    async (piece, proven, by) => {
      const target = await changingAt(piece * 64 + 10, proven);
      expect(await target.checksum(range)).toMatchObject({ by });
    },
  );
});

describe("with reset lines", () => {
  const image = firmware(BASE, SIZE);

  /** As `connect` with a reset sequence: BOOT0 and NRST are ours. */
  async function connectWithLines(name: string, quirks: Partial<ChipQuirks> = {}) {
    const transport = await openSim(name, { quirks });
    const { chip } = transport;
    const notes: string[] = [];
    const reenter = async (): Promise<void> => {
      chip.setBoot0(true);
      chip.setNrst(false);
      chip.setNrst(true);
      await transport.exchange([delay(20)]);
      await connectBootloader(transport);
    };
    const session = { ...(await identifyChip(transport, await connectBootloader(transport), {})), reenter };
    const target = new ChipTarget({ ...session, checksums: chooseChecksums(session) }, async () => undefined);
    const onEvent = (event: FlashEvent): void => {
      if (event.type === "note") notes.push(event.text);
    };
    return { chip, target, notes, onEvent };
  }

  it("it is not started where reading takes no third of a second longer", async () => {
    const { chip, target } = await connectWithLines("stm32f103rc?bus=uart");
    const { resets } = chip.counters;
    expect(await target.write(firmware(BASE, 2 * 1024))).toMatchObject({ verifiedBy: "read back" });
    expect(chip.counters.resets).toBe(resets);
  });

  it("it is started without being asked for", async () => {
    const { chip, target, notes, onEvent } = await connectWithLines("stm32f405?bus=uart");
    expect(await target.write(image, { onEvent })).toMatchObject({ verifiedBy: "checksum program" });
    expect(notes).toEqual([
      "checksums come from a program in the chip's RAM at 0x20003000, which resets the chip",
    ]);
    expect(holds(chip, image)).toBe(true);
  });

  it.each(["application", "nothing"] as const)(
    "they bring back a chip that comes back as %s",
    async (after) => {
      const quirks = { afterRamProgram: after };
      for (const name of ["stm32f091?protocol=1.0", "stm32f103rc?bus=uart"]) {
        const { chip, target, notes, onEvent } = await connectWithLines(name, quirks);
        expect(await target.write(image, { onEvent })).toMatchObject({ outcome: "written" });
        expect(notes).toContain(
          "the chip did not come back by itself from the program in its RAM; its reset lines brought it back",
        );
        expect(holds(chip, image)).toBe(true);
        expect(chip.state).toBe("bootloader");
      }
    },
  );

  it("that do not bring it back end the run with what to do", async () => {
    const { chip, target } = await connectWithLines("stm32f405?bus=uart", { afterRamProgram: "nothing" });
    const { session } = target;
    const gone = new ChipTarget(
      { ...session, reenter: () => connectBootloader(session.loader.transport).then(() => undefined) },
      async () => undefined,
    );
    await expect(gone.write(image)).rejects.toMatchObject({ code: "NO_REPLY" });
    expect(chip.wouldBoot()).toBe(false);
  });
});
