/** Option bytes by name, on a simulated chip of each family. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SetOptionsOptions } from "../../src/flash/job.js";
import type { ChipOptions } from "../../src/simulator/options.js";
import { boardWith } from "../support/board.js";
import { firmware } from "../support/sim-target.js";

const BASE = 0x0800_0000;
const IMAGE = firmware(BASE, 3000);

/** With reset lines, as `connect` makes it. */
async function board(name: string, extra: Partial<ChipOptions> = {}) {
  const { chip, notes, onEvent, connected, powerCycle } = await boardWith(name, {
    lines: true,
    startMs: 2500,
    extra,
  });
  const set = async (values: Record<string, number> | Uint8Array, options: SetOptionsOptions = {}) =>
    (await connected()).setOptions(values, { ...options, onEvent });
  const values = async (): Promise<Record<string, number>> =>
    Object.fromEntries((await (await connected()).options()).fields.map(({ name, value }) => [name, value]));
  return { chip, notes, connected, powerCycle, set, values };
}

/** A chip of each family, a harmless field of it, and the value that it does not have. */
const FAMILIES: readonly [name: string, field: string, value: number][] = [
  ["stm32f051", "nRST_STOP", 0],
  ["0x410", "nRST_STDBY", 0],
  ["stm32f205", "WDG_SW", 0],
  ["stm32f334", "VDDA_MONITOR", 0],
  ["stm32f407", "nRST_STOP", 0],
  ["stm32f746", "nRST_STDBY", 0],
  ["stm32l053", "nRST_STOP", 0],
  ["0x427", "nRST_STDBY", 0],
  ["stm32l476", "SRAM2_RST", 0],
  ["stm32g071", "nRST_SHDW", 0],
  ["stm32g431", "IWDG_STOP", 0],
  ["stm32c011", "IWDG_STDBY", 0],
  ["stm32wb55", "IWDGSTOP", 0],
  ["stm32wle5", "IWDG_STDBY", 0],
  ["stm32l552", "nRST_STOP", 0],
  ["stm32u575", "nRST_STDBY", 0],
];

const UART_ALONE = ["stm32f051", "0x410", "stm32f205", "stm32l053", "0x427", "stm32wle5"];
const busesOf = (name: string): string[] => (UART_ALONE.includes(name) ? ["uart"] : ["uart", "i2c"]);

describe.each(FAMILIES)("%s", (name, field, value) => {
  it.each(busesOf(name))(`${field} is set, read back, and is there after a power-cycle (%s)`, async (bus) => {
    const { chip, connected, powerCycle, set, values } = await board(`${name}?bus=${bus}`);
    await (await connected()).write(IMAGE);
    const before = await values();
    const { outcome, changes } = await set({ [field]: value });
    expect({ outcome, changes }).toEqual({
      outcome: "written",
      changes: [{ name: field, from: 1 - value, to: value }],
    });
    await powerCycle();
    expect(await values()).toEqual({ ...before, [field]: value });
    expect(await (await connected()).verify(IMAGE)).toMatchObject({ same: true });
    expect(chip.violations.filter(({ kind }) => kind !== "short get")).toEqual([]);
  });

  it("what is so already is not written", async () => {
    const { chip, set, values } = await board(name);
    const { [field]: is } = await values();
    const { operations } = chip.counters;
    expect(await set({ [field]: is! })).toMatchObject({ outcome: "already current", changes: [] });
    expect(chip.counters.operations).toBe(operations);
  });

  it("a backup brings it back", async () => {
    const { connected, set, values } = await board(name);
    const before = await values();
    const { bytes } = await (await connected()).options();
    await set({ [field]: value });
    expect(await set(bytes)).toMatchObject({
      outcome: "written",
      changes: [{ name: field, from: value, to: 1 - value }],
    });
    expect(await values()).toEqual(before);
  });
});

describe("what is refused, and nothing is sent", () => {
  const refused = async (name: string, values: Record<string, number>, options: SetOptionsOptions = {}) => {
    const { chip, connected, set } = await board(name);
    if (!name.includes("empty")) await (await connected()).write(IMAGE, { allowLockout: true });
    const { operations } = chip.counters;
    const error = await set(values, options).then(
      () => undefined,
      (reason: unknown) => reason as { code: string; message: string; hint: string },
    );
    expect(chip.counters.operations).toBe(operations);
    return error && { code: error.code, message: error.message, hint: error.hint };
  };

  it("readout protection", async () => {
    expect(await refused("stm32g071", { RDP: 0xcc })).toEqual({
      code: "USAGE",
      message: "RDP is not set here: it is the readout protection of the chip",
      hint: '`target.protect({ readout: true })` and `target.unprotect("readout", { eraseEverything: true })` are for that.',
    });
  });

  it("a field that sources place differently", async () => {
    expect(await refused("stm32g071", { BORR_LEV: 1 })).toMatchObject({ code: "USAGE" });
  });

  it("a name of another chip, with the one that is meant", async () => {
    expect(await refused("stm32g071", { nboot_sel: 0 })).toEqual({
      code: "USAGE",
      message: 'this chip has no option "nboot_sel"',
      hint: "Did you mean nBOOT_SEL?",
    });
  });

  it("a value that does not fit", async () => {
    expect(await refused("stm32g071", { nBOOT_SEL: 2 })).toMatchObject({
      message: "nBOOT_SEL = 2: it has 1 bits, 0 to 1",
    });
  });

  it("what can never be undone, unless it is named", async () => {
    expect(await refused("stm32g071", { PCROP1A_STRT: 1 })).toEqual({
      code: "USAGE",
      message:
        "PCROP1A_STRT = 1 may never be undone: read-protected code area (start, end); once active it can only grow; removal needs PCROP_RDP = 1 and RDP level 1 to 0",
      hint: "If that is what you want, name it: `oneWay` PCROP1A_STRT.",
    });
    expect(await refused("stm32g071", { PCROP1A_STRT: 1 }, { oneWay: ["PCROP_RDP"] })).toMatchObject({
      code: "USAGE",
    });
  });

  it("BOOT_LOCK = 1 needs both its name and the consent to a lock-out", async () => {
    expect(await refused("stm32g071", { BOOT_LOCK: 1 }, { allowLockout: true })).toMatchObject({
      code: "USAGE",
    });
    expect(await refused("stm32g071", { BOOT_LOCK: 1 }, { oneWay: ["BOOT_LOCK"] })).toMatchObject({
      code: "LOCKOUT",
      message:
        "after this the bootloader of this chip can no longer be reached by BOOT0, because BOOT_LOCK = 1: it always starts its flash",
    });
  });

  it.each([
    [
      "stm32g071",
      { nBOOT_SEL: 1 },
      "nBOOT_SEL = 1 and nBOOT0 = 1: BOOT0 is ignored and flash that is not empty is started",
    ],
    ["stm32g071", { nBOOT1: 0 }, "nBOOT1 = 0: a high BOOT0 starts SRAM"],
    [
      "stm32l432",
      { nSWBOOT0: 0 },
      "nSWBOOT0 = 0 and nBOOT0 = 1: BOOT0 is ignored and flash that is not empty is started",
    ],
    [
      "stm32u575",
      { nSWBOOT0: 0 },
      "nSWBOOT0 = 0 and nBOOT0 = 1: BOOT0 is ignored and flash that is not empty is started",
    ],
    [
      "stm32f091",
      { BOOT_SEL: 0 },
      "BOOT_SEL = 0 and nBOOT0 = 1: BOOT0 is ignored and flash that is not empty is started",
    ],
  ])("what locks out %s: %j", async (name, values, because) => {
    expect(await refused(name, values)).toEqual({
      code: "LOCKOUT",
      message: `after this the bootloader of this chip can no longer be reached by BOOT0, because ${because}`,
      hint: "Pass `allowLockout` if the way back by BOOT0 may be lost.",
    });
  });

  it("a harmless bit of a chip that ignores BOOT0: the reload would look at its flash anew", async () => {
    expect(await refused("stm32g071?options=factory", { nRST_STOP: 0 })).toMatchObject({ code: "LOCKOUT" });
  });

  it.each([
    ["stm32l476", { BFB2: 1 }, "BFB2"],
    ["stm32f407", { BOR_LEV: 0 }, "BOR_LEV"],
    ["stm32f746", { BOOT_ADD1: 0x80 }, "BOOT_ADD1"],
    ["stm32u575", { NSBOOTADD1: 0x10_0000 }, "NSBOOTADD1"],
    ["stm32g071", { NRST_MODE: 2 }, "NRST_MODE"],
  ])("what may lock out %s and is not known: %j", async (name, values, field) => {
    const error = await refused(name, values);
    expect(error).toMatchObject({ code: "LOCKOUT" });
    expect(error!.message).toContain(
      `after this the bootloader of this chip may no longer be reached (not known), because ${field} changes: `,
    );
  });

  it.each(["stm32h743", "stm32h503", "stm32u031", "stm32c071", "stm32wba52"])(
    "%s: not known well enough",
    async (name) => {
      expect(await refused(name, { IWDG_SW: 0 })).toMatchObject({ code: "NOT_OFFERED" });
    },
  );
});

describe("what is said", () => {
  it("a dry run shows the change and sends nothing", async () => {
    const { chip, notes, set } = await board("stm32g071");
    expect(await set({ nRST_STOP: 0 }, { dryRun: true })).toMatchObject({
      outcome: "planned",
      changes: [{ name: "nRST_STOP", from: 1, to: 0 }],
    });
    expect(chip.counters.operations).toBe(0);
    expect(notes).toEqual([
      "all option bytes are erased and written anew, then the chip resets: keep the power on, or it is readout-protected afterwards",
    ]);
  });

  it("a program that would never start, and a flash that is divided otherwise", async () => {
    const { notes, set } = await board("stm32g0b1");
    await set({ nBOOT_SEL: 1, nBOOT0: 0 }, { dryRun: true });
    await set({ DUAL_BANK: 0 }, { dryRun: true });
    expect(notes).toContain(
      "the program in the flash will not start, because nBOOT_SEL = 1 and nBOOT0 = 0: no reset starts the program in the flash",
    );
    expect(notes).toContain("DUAL_BANK changes how the flash is divided: what it holds becomes useless");
  });
});

describe("cut off by a loss of power", () => {
  it.each(FAMILIES)(
    "%s: the old set, the new set, or a failure that names the state",
    async (name, field, value) => {
      for (const fraction of [0, 0.5, 1]) {
        const faults = [{ kind: "power lost", operation: 0, fraction, backAfterMs: 50 }] as const;
        const { set, values, powerCycle } = await board(name, { faults });
        const before = await values();
        const failure = await set({ [field]: value }).then(
          () => undefined,
          (error: unknown) => error as { code: string; context: { chipState?: string } },
        );
        await powerCycle();
        if (failure === undefined) expect(await values()).toEqual({ ...before, [field]: value });
        else expect(failure.context.chipState).toMatch(/option bytes/);
      }
    },
  );
});

describe("no sequence of writes and sets without --allow-lockout and --one-way", () => {
  const names = [
    "stm32g071",
    "stm32g0b1",
    "stm32c031",
    "stm32l432",
    "stm32g431",
    "stm32f091",
    "stm32u575",
    "stm32wle5",
  ].flatMap((name) => [name, `${name}?options=factory`]);
  const step = fc.oneof(
    fc.record({
      kind: fc.constant("write" as const),
      at: fc.constantFrom(0, 8, 0x800),
      keepBootloader: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant("set" as const),
      picks: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 3 })), { minLength: 1, maxLength: 3 }),
      boot: fc.boolean(),
    }),
  );
  const BOOT = ["nBOOT_SEL", "nSWBOOT0", "BOOT_SEL", "nBOOT0", "nBOOT1", "BOOT_LOCK"];

  it("ends in a chip that its lines no longer bring to its bootloader", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(step, { minLength: 1, maxLength: 4 }),
        async (name, steps) => {
          const { chip, connected, powerCycle, set } = await board(name);
          for (const one of steps) {
            const target = await connected();
            if (one.kind === "write") {
              const image = firmware(BASE + one.at, 64);
              await target
                .write(image, { keepBootloader: one.keepBootloader, check: "off" })
                .catch(() => undefined);
            } else {
              const { fields } = await target.options();
              const from = one.boot ? fields.filter((field) => BOOT.includes(field.name)) : fields;
              const values = one.picks.map(([at, value]): [string, number] => {
                const { name: field, width } = from[at % from.length]!;
                return [field, value % 2 ** width];
              });
              await set(Object.fromEntries(values)).catch(() => undefined);
            }
            await powerCycle();
            expect(chip.state).toBe("bootloader");
          }
          await connected();
        },
      ),
      {
        numRuns: 100,
        // BOOT_SEL = 0 while the flash was empty, then the write that fills it.
        examples: [
          [
            "stm32f091",
            [
              { kind: "set", picks: [[2, 0]], boot: true },
              { kind: "write", at: 0, keepBootloader: false },
            ],
          ],
        ],
      },
    );
  }, 120_000);
});
