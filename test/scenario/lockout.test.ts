/** Nobody is locked out: the first write to a chip that ignores BOOT0 is told of, refused or made harmless. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WriteOptions } from "../../src/flash/job.js";
import { MemoryImage } from "../../src/image/image.js";
import type { ChipOptions } from "../../src/simulator/options.js";
import { boardWith } from "../support/board.js";
import { firmware } from "../support/sim-target.js";

const BASE = 0x0800_0000;
const OPTIONS = 0x1fff_7800;
const IMAGE = firmware(BASE, 3000);
const BECAUSE =
  "after this write the bootloader of this chip can no longer be reached by BOOT0, because nBOOT_SEL = 1 and nBOOT0 = 1 in its option bytes: BOOT0 is ignored and flash that is not empty is started";

/** As `connect` does; `lines`: BOOT0 and NRST are ours. */
async function board(name: string, lines: boolean, extra: Partial<ChipOptions> = {}) {
  const { chip, notes, onEvent, reset, connected, powerCycle } = await boardWith(name, {
    lines,
    startMs: 100,
    extra,
  });
  const write = async (image: MemoryImage, options: WriteOptions = {}) =>
    (await connected()).write(image, { ...options, onEvent });
  return { chip, notes, connected, reset, powerCycle, write };
}

const NEW = ["stm32g031", "stm32g071", "stm32g0b1", "stm32c011", "stm32c031"].flatMap((name) => [
  `${name}?options=factory&bus=uart`,
  `${name}?options=factory&bus=i2c`,
]);

describe.each(NEW)("a new chip, %s", (name) => {
  it("without reset lines: told before the first byte, and it is true", async () => {
    const { chip, notes, write, powerCycle } = await board(name, false);
    expect(await write(IMAGE)).toMatchObject({ outcome: "written" });
    expect(notes[0]).toBe(BECAUSE);
    await powerCycle();
    expect(chip.state).toBe("application");
  });

  it("with reset lines: refused, and nothing is written", async () => {
    const { chip, write } = await board(name, true);
    await expect(write(IMAGE)).rejects.toMatchObject({
      code: "LOCKOUT",
      message: BECAUSE,
      commandHint:
        "Pass --keep-bootloader to let BOOT0 count from now on, or --allow-lockout if this write may be the last one by BOOT0.",
    });
    expect(chip.counters).toMatchObject({ programmedBytes: 0, erasedPages: 0 });
  });

  it("--allow-lockout writes all the same", async () => {
    const { chip, write, notes, powerCycle } = await board(name, true);
    await write(IMAGE, { allowLockout: true });
    expect(notes[0]).toBe(BECAUSE);
    await powerCycle();
    expect(chip.state).toBe("application");
  });

  it.each([true, false])("--keep-bootloader sets the option first, reset lines %s", async (lines) => {
    const { chip, notes, write, powerCycle, connected } = await board(name, lines);
    const before = chip.peek(OPTIONS, 128);
    expect(await write(IMAGE, { keepBootloader: true })).toMatchObject({ outcome: "written", retries: 0 });
    expect(notes[0]).toBe("nBOOT_SEL is set to 0, so that BOOT0 leads to the bootloader: keep the power on");
    const after = chip.peek(OPTIONS, 128);
    expect(after[3]).toBe(before[3]! & ~1);
    expect(after[7]).toBe(before[7]! | 1);
    expect(after.filter((byte, at) => byte !== before[at])).toHaveLength(2);
    await powerCycle();
    expect(await (await connected()).verify(IMAGE)).toMatchObject({ same: true });
    expect(chip.violations.filter(({ kind }) => kind !== "short get")).toEqual([]);
  });

  it("--keep-bootloader twice does nothing the second time", async () => {
    const { chip, write, powerCycle } = await board(name, true);
    await write(IMAGE, { keepBootloader: true });
    await powerCycle();
    const { operations } = chip.counters;
    expect(await write(IMAGE, { keepBootloader: true })).toMatchObject({ outcome: "already current" });
    expect(chip.counters.operations).toBe(operations);
  });

  it("a dry run says both and sets nothing", async () => {
    const { chip, notes, write } = await board(name, true);
    await write(IMAGE, { dryRun: true });
    await write(IMAGE, { dryRun: true, keepBootloader: true });
    expect(notes).toEqual([
      BECAUSE,
      "nBOOT_SEL would be set to 0 first, so that BOOT0 leads to the bootloader",
    ]);
    expect(chip.counters.operations).toBe(0);
  });

  it("info says it", async () => {
    const { connected } = await board(name, false);
    const { notes } = await (await connected()).info();
    expect(notes).toContain(BECAUSE.replace("this write", "a write"));
  });
});

describe("what is not so", () => {
  it("a chip set up for its board is written without a word", async () => {
    const { notes, write } = await board("stm32g071", true);
    expect(await write(IMAGE)).toMatchObject({ outcome: "written" });
    expect(notes).toEqual([]);
  });

  it("a chip that holds the image already is told nothing", async () => {
    const { chip, notes, write } = await board("stm32g071?options=factory", true);
    chip.poke(BASE, IMAGE.segments[0]!.bytes);
    expect(await write(IMAGE)).toMatchObject({ outcome: "already current" });
    expect(notes).toEqual([]);
  });

  it("an image that leaves the first word blank keeps the flash empty", async () => {
    const { notes, write, powerCycle, chip } = await board("stm32g071?options=factory", true);
    await write(new MemoryImage([{ address: BASE + 0x1000, bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }]), {
      check: "off",
    });
    expect(notes).toEqual([]);
    await powerCycle();
    expect(chip.state).toBe("bootloader");
  });

  it.each(["stm32u031", "stm32c071"])(
    "what %s has is not known: said, and refused with reset lines",
    async (name) => {
      const { write } = await board(`${name}?options=factory`, true);
      await expect(write(IMAGE)).rejects.toMatchObject({
        code: "LOCKOUT",
        message:
          "after this write the bootloader of this chip may no longer be reached by BOOT0 (not known), because its option bytes lie at an address that is not known, and a new one has nBOOT_SEL = 1: BOOT0 is ignored and the bootloader runs only while the flash is empty",
        commandHint: "Pass --allow-lockout if this write may be the last one by BOOT0.",
      });
      await expect(write(IMAGE, { keepBootloader: true })).rejects.toMatchObject({ code: "NOT_OFFERED" });
    },
  );

  it.each([
    ["BOOT_LOCK", 0x72, 1, "BOOT_LOCK = 1 in its option bytes: it always starts its flash"],
    ["nBOOT1", 3, 0xdc, "nBOOT1 = 0 in its option bytes: a high BOOT0 starts SRAM"],
  ])("%s is told", async (...[, offset, value, because]) => {
    const { chip, write } = await board("stm32g071", true);
    chip.poke(OPTIONS + offset, Uint8Array.of(value));
    await expect(write(IMAGE)).rejects.toThrow(`can no longer be reached by BOOT0, because ${because}`);
  });
});

describe("the option write", () => {
  it.each([0, 0.5])(
    "cut off by a loss of power at %s: a new chip is still in its bootloader",
    async (fraction) => {
      const fault = { kind: "power lost", operation: 0, fraction, backAfterMs: 50 } as const;
      const { chip, write, powerCycle } = await board("stm32g071?options=factory", true, { faults: [fault] });
      await write(IMAGE, { keepBootloader: true }).catch(() => undefined);
      await powerCycle();
      expect(chip.state).toBe("bootloader");
    },
  );

  it("that was acknowledged and not done is found out, and no firmware is written", async () => {
    const faults = [{ kind: "not done", operation: 0 }] as const;
    const { chip, write } = await board("stm32g071?options=factory", true, { faults });
    await expect(write(IMAGE, { keepBootloader: true })).rejects.toMatchObject({
      code: "VERIFY_FAILED",
      message: "the option bytes at 0x1FFF7800 do not hold what was written",
    });
    expect(chip.counters.programmedBytes).toBe(0);
  });
});

describe("no sequence of writes without --allow-lockout", () => {
  const names = [...NEW, "stm32c071?options=factory", "stm32u031?options=factory", "stm32g071", "stm32u031"];
  const step = fc.record({
    at: fc.constantFrom(0, 4, 8, 0x800),
    length: fc.constantFrom(4, 8, 64, 2500),
    keepBootloader: fc.boolean(),
    full: fc.boolean(),
    then: fc.constantFrom("nothing", "reset", "power cycle"),
  });

  it("ends in a chip that its lines no longer bring to its bootloader", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(step, { minLength: 1, maxLength: 4 }),
        async (name, steps) => {
          const { chip, write, reset, powerCycle, connected } = await board(name, true);
          for (const { at, length, keepBootloader, full, then } of steps) {
            const { segments } = firmware(BASE + at, length);
            await write(new MemoryImage(segments), { keepBootloader, full, check: "off" }).catch(
              () => undefined,
            );
            if (then === "reset") await reset();
            if (then === "power cycle") await powerCycle();
          }
          await powerCycle();
          expect(chip.state).toBe("bootloader");
          await connected();
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});
