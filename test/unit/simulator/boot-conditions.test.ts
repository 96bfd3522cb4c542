/** From where a chip starts: the tables of the manuals, and what they mean for the first write to a new chip. */
import { describe, expect, it } from "vitest";
import { bootConditionsOf, startsFrom } from "../../../src/simulator/boot-conditions.js";
import type { ChipOptions } from "../../../src/simulator/options.js";
import { F072, FLASH, G071, L072 } from "./chips.js";
import { Host, withXor, word } from "./host.js";

const FIRMWARE = [0x00, 0x90, 0x00, 0x20, 0x41, 0x00, 0x00, 0x08];
const AREA = 0x1fff_7800;

const start = (
  productId: number,
  series: string,
  word: number,
  inputs: { boot0: boolean; empty?: boolean; lock?: number },
) => {
  const options = new Uint8Array(128);
  const view = new DataView(options.buffer);
  view.setUint32(0, word, true);
  if (inputs.lock !== undefined) view.setUint32(inputs.lock, 1 << 16, true);
  const { boot0, empty = false } = inputs;
  return startsFrom(bootConditionsOf({ series, productId }), { options, boot0, empty });
};

describe("G0, C0, U0 (RM0444 table 8, RM0490 table 9, RM0503 table 6)", () => {
  const bits = (nBootSel: number, nBoot0: number, nBoot1: number): number =>
    nBootSel * 2 ** 24 + nBoot1 * 2 ** 25 + nBoot0 * 2 ** 26;

  it.each([
    { nBootSel: 0, nBoot0: 1, nBoot1: 1, boot0: false, from: "flash" },
    { nBootSel: 0, nBoot0: 1, nBoot1: 1, boot0: true, from: "bootloader" },
    { nBootSel: 0, nBoot0: 1, nBoot1: 0, boot0: true, from: "SRAM" },
    { nBootSel: 1, nBoot0: 1, nBoot1: 1, boot0: true, from: "flash" },
    { nBootSel: 1, nBoot0: 0, nBoot1: 1, boot0: false, from: "bootloader" },
    { nBootSel: 1, nBoot0: 0, nBoot1: 0, boot0: false, from: "SRAM" },
  ])(
    "nBOOT_SEL $nBootSel, BOOT0 $boot0, nBOOT0 $nBoot0, nBOOT1 $nBoot1: $from",
    ({ nBootSel, nBoot0, nBoot1, boot0, from }) => {
      const word = bits(nBootSel, nBoot0, nBoot1);
      for (const [id, series] of [
        [0x460, "G0"],
        [0x443, "C0"],
        [0x459, "U0"],
      ] as const) {
        expect(start(id, series, word, { boot0 })).toBe(from);
        // Empty flash counts where flash was chosen, and nowhere else.
        expect(start(id, series, word, { boot0, empty: true })).toBe(from === "flash" ? "bootloader" : from);
      }
    },
  );

  it("BOOT_LOCK starts flash, empty or not", () => {
    expect(start(0x460, "G0", bits(0, 1, 1), { boot0: true, empty: true, lock: 0x70 })).toBe("flash");
  });
});

describe("nSWBOOT0 (RM0440, RM0351, RM0434, RM0453) and BOOT_SEL (RM0091)", () => {
  it.each([
    ["G4", 0x468, 26, 27, 23],
    ["L4", 0x435, 26, 27, 23],
    ["WB", 0x495, 26, 27, 23],
    ["WL", 0x497, 26, 27, 23],
    ["F0", 0x442, 23, 19, 20],
  ] as const)(
    "%s (0x%s): 1 leaves it to the pin, 0 to nBOOT0",
    (...[series, id, selector, nBoot0, nBoot1]) => {
      const bits = (...set: number[]): number => set.reduce((sum, bit) => sum + 2 ** bit, 0);
      expect(start(id, series, bits(selector, nBoot0, nBoot1), { boot0: true })).toBe("bootloader");
      expect(start(id, series, bits(selector, nBoot1), { boot0: false })).toBe("flash");
      expect(start(id, series, bits(nBoot0, nBoot1), { boot0: true })).toBe("flash");
      expect(start(id, series, bits(nBoot1), { boot0: false })).toBe("bootloader");
      expect(start(id, series, bits(selector, nBoot0), { boot0: true })).toBe("SRAM");
    },
  );

  it("L47x and F072 have no selector: the pin decides", () => {
    expect(start(0x415, "L4", 1 << 23, { boot0: true })).toBe("bootloader");
    expect(start(0x448, "F0", 1 << 20, { boot0: true })).toBe("bootloader");
    expect(start(0x415, "L4", 1 << 23, { boot0: false })).toBe("flash");
  });

  it("BOOT_LOCK of G4 and WL", () => {
    expect(start(0x468, "G4", 2 ** 26 + 2 ** 23, { boot0: true, lock: 0x28 })).toBe("flash");
    expect(start(0x497, "WL", 2 ** 30 + 2 ** 26 + 2 ** 23, { boot0: true })).toBe("flash");
  });
});

describe("a new G0", () => {
  const make = (options: Partial<ChipOptions> = {}): Host =>
    new Host({ facts: G071, optionBytes: "factory", ...options });
  const reset = (host: Host): string => {
    host.chip.setNrst(false);
    host.chip.setNrst(true);
    host.clock.advance(2);
    return host.chip.state;
  };
  const powerCycle = (host: Host): string => {
    host.chip.setPower(false);
    host.chip.setPower(true);
    host.clock.advance(2);
    return host.chip.state;
  };
  const pinCounts = (host: Host): string => host.write(AREA, [0xaa, 0xe1, 0xff, 0xde, 0, 0, 0, 0]);

  it("is in its bootloader because its flash is empty, with BOOT0 low as well", () => {
    expect(make({ boot0: false }).chip.state).toBe("bootloader");
  });

  it("is locked out by its first write, at the next power-on and not before", () => {
    const host = make();
    host.write(FLASH, FIRMWARE);
    expect(reset(host)).toBe("bootloader");
    expect(powerCycle(host)).toBe("application");
    expect(reset(host)).toBe("application");
  });

  it("is locked out by the first reset where the bootloader clears the flag", () => {
    const host = make({ quirks: { emptyFlagCleared: true } });
    host.write(FLASH, FIRMWARE);
    expect(reset(host)).toBe("application");
  });

  it("obeys BOOT0 once nBOOT_SEL is 0", () => {
    const host = make();
    expect(pinCounts(host)).toBe("79");
    host.clock.advance(5);
    host.write(FLASH, FIRMWARE);
    expect(powerCycle(host)).toBe("bootloader");
    host.chip.setBoot0(false);
    expect(powerCycle(host)).toBe("application");
  });

  it("samples EMPTY again when options are loaded: a firmware written before is the last", () => {
    const host = make();
    host.write(FLASH, FIRMWARE);
    expect(host.write(AREA, [0xaa, 0xe1, 0xff, 0xdf, 0, 0, 0, 0])).toBe("79");
    host.clock.advance(5);
    expect(host.chip.state).toBe("application");
  });

  it("keeps the word that was loaded in force until the next load", () => {
    const host = make({ boot0: true });
    host.chip.poke(AREA, Uint8Array.of(0xaa, 0xe1, 0xff, 0xde, 0x55, 0x1e, 0x00, 0x21));
    host.chip.poke(FLASH, Uint8Array.from(FIRMWARE));
    host.chip.setBoot0(false);
    expect(reset(host)).toBe("bootloader");
    expect(powerCycle(host)).toBe("application");
  });

  it.each([
    [{}, "bootloader"],
    [{ brokenOptionsLock: true }, "application"],
  ] as const)("power that goes in the middle of an option write, %j: %s", (quirks, state) => {
    const fault = { kind: "power lost", operation: 0, fraction: 0.5 } as const;
    const host = make({ quirks, faults: [fault] });
    host.command("31 CE", withXor(word(AREA)));
    host.w(withXor([7, 0xaa, 0xe1, 0xff, 0xde, 0, 0, 0, 0]));
    host.clock.advance(30);
    expect(host.chip.state).toBe("off");
    expect(powerCycle(host)).toBe(state);
    expect(host.chip.readoutLevel).toBe(1);
  });

  it("is the choice of who asks for it: a chip on a board obeys its pin", () => {
    const host = new Host({ facts: G071 });
    host.write(FLASH, FIRMWARE);
    expect(powerCycle(host)).toBe("bootloader");
  });
});

describe("others", () => {
  it.each([
    ["F072", F072],
    ["L072", L072],
  ])("a new %s obeys its pin", (_name, facts) => {
    const host = new Host({ facts, optionBytes: "factory" });
    host.chip.setBoot0(false);
    host.chip.setNrst(false);
    host.chip.setNrst(true);
    host.clock.advance(2);
    expect(host.chip.state).toBe("application");
    host.chip.setBoot0(true);
    host.chip.setNrst(false);
    host.chip.setNrst(true);
    host.clock.advance(2);
    expect(host.chip.state).toBe("bootloader");
  });
});
