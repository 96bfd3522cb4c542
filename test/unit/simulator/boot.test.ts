/** Power, reset, BOOT0, the empty check and what a chip would do on its own. */
import { describe, expect, it } from "vitest";
import { sameBytes } from "../../../src/bytes.js";
import type { ChipOptions } from "../../../src/simulator/options.js";
import type { ChipQuirks } from "../../../src/simulator/quirks.js";
import { F405, FLASH, G071, L072 } from "./chips.js";
import { Host, withXor, word } from "./host.js";

const FIRMWARE = Uint8Array.from([0x00, 0x90, 0x00, 0x20, 0x41, 0x00, 0x00, 0x08]);

const reset = (host: Host): void => {
  host.chip.setNrst(false);
  host.chip.setNrst(true);
  host.clock.advance(2);
};
const powerCycle = (host: Host): void => {
  host.chip.setPower(false);
  host.chip.setPower(true);
  host.clock.advance(2);
};
const make = (options: Partial<ChipOptions> = {}): Host => new Host({ facts: F405, ...options });

describe("pins", () => {
  it("BOOT0 is sampled when the reset ends", () => {
    const host = make();
    host.chip.setBoot0(false);
    expect(host.chip.state).toBe("bootloader");
    host.chip.setNrst(false);
    expect(host.chip.state).toBe("held in reset");
    host.chip.setNrst(true);
    expect(host.chip.state).toBe("booting");
    host.clock.advance(2);
    expect(host.chip.state).toBe("application");
    host.chip.setBoot0(true);
    expect(host.chip.state).toBe("application");
    reset(host);
    expect(host.chip.state).toBe("bootloader");
  });

  it("a chip without power answers nothing, and boots when it comes", () => {
    const host = make({ powered: false });
    expect(host.chip.state).toBe("off");
    expect(host.tryWrite("01 FE")).toBe("nack");
    host.chip.setPower(true);
    expect(host.chip.state).toBe("booting");
    host.clock.advance(2);
    host.w("01 FE");
  });

  it("power that comes while NRST is low waits for NRST", () => {
    const host = make({ powered: false });
    host.chip.setNrst(false);
    host.chip.setPower(true);
    host.clock.advance(100);
    expect(host.chip.state).toBe("held in reset");
    host.chip.setNrst(true);
    host.clock.advance(2);
    expect(host.chip.state).toBe("bootloader");
  });

  it("NRST in the middle of an erase cuts it off", () => {
    const host = make();
    host.chip.poke(FLASH, new Uint8Array(0x4000).fill(0x5a));
    host.command("44 BB", "00 00 00");
    host.w("00 00 00");
    host.clock.advance(10);
    reset(host);
    expect(host.read(FLASH, 8)).not.toMatch(/^(5A 5A|FF FF)/);
  });

  it("RAM survives a reset and not a power cycle", () => {
    const host = make();
    host.chip.poke(0x2000_4000, Uint8Array.of(1, 2, 3, 4));
    reset(host);
    expect(host.read(0x2000_4000, 4)).toBe("01 02 03 04");
    powerCycle(host);
    expect(host.read(0x2000_4000, 4)).not.toBe("01 02 03 04");
  });
});

describe("the empty check (G0)", () => {
  const blank = (options: Partial<ChipOptions> = {}): Host => make({ facts: G071, boot0: false, ...options });

  it("a blank chip starts its bootloader whatever BOOT0 says", () => {
    expect(blank().chip.state).toBe("bootloader");
    expect(make({ boot0: false }).chip.state).toBe("application"); // F4 has no such check
  });

  it("the flag is kept: after programming, a reset still comes back to the bootloader", () => {
    const host = blank();
    host.write(FLASH, [...FIRMWARE]);
    reset(host);
    expect(host.chip.state).toBe("bootloader");
    powerCycle(host);
    expect(host.chip.state).toBe("application");
  });

  it("emptyFlagCleared: a reset of a blank chip runs into the blank flash", () => {
    const host = blank({ quirks: { emptyFlagCleared: true } });
    expect(host.chip.state).toBe("bootloader");
    reset(host);
    expect(host.chip.state).toBe("application");
    expect(host.chip.wouldBoot()).toBe(false);
    powerCycle(host);
    expect(host.chip.state).toBe("bootloader");
  });
});

describe("wouldBoot", () => {
  const boots = (vectors: readonly number[]): boolean => {
    const host = make({ facts: G071 });
    host.chip.poke(FLASH, Uint8Array.from(vectors.flatMap((value) => word(value).reverse())));
    return host.chip.wouldBoot();
  };

  it.each([
    ["a stack at the end of RAM and a Thumb reset vector", 0x2000_9000, FLASH + 0x41, true],
    ["a stack at the start of RAM", 0x2000_0000, FLASH + 0x41, false],
    ["a stack beyond RAM", 0x2000_9004, FLASH + 0x41, false],
    ["an odd stack pointer", 0x2000_8001, FLASH + 0x41, false],
    ["a reset vector without the Thumb bit", 0x2000_9000, FLASH + 0x40, false],
    ["a reset vector outside the flash", 0x2000_9000, FLASH + 0x10001, false],
    ["blank flash", 0xffff_ffff, 0xffff_ffff, false],
  ])("%s", (_name, stack, vector, expected) => {
    expect(boots([stack, vector])).toBe(expected);
  });

  it("flash that is 00 when erased does not boot either", () => {
    expect(make({ facts: L072 }).chip.wouldBoot()).toBe(false);
  });
});

describe("programs in RAM", () => {
  it("one that requests a system reset resets the chip, as soon as it has run", () => {
    const host = make();
    const program = [0x2000_8000, 0x2000_4009, 0x4902_4801, 0xe7fe_6001, 0xe000_ed0c, 0x05fa_0004];
    host.chip.poke(0x2000_4000, Uint8Array.from(program.flatMap((value) => word(value).reverse())));
    host.chip.setBoot0(false);
    expect(host.command("21 DE", withXor(word(0x2000_4000)))).toBe("79");
    expect(host.chip.state).toBe("application");
    host.clock.advance(0.5);
    expect(host.chip.state).toBe("booting");
    host.clock.advance(2);
    expect(host.chip.state).toBe("application");
    expect(host.chip.jumpTarget).toBe(0x2000_4000);
    expect(host.chip.counters.resets).toBe(1);
  });

  it("a boot that overwrites RAM, one that runs the application, and none at all are there to be set", () => {
    const program = [0x2000_8000, 0x2000_4009, 0x4902_4801, 0xe7fe_6001, 0xe000_ed0c, 0x05fa_0004];
    const after = (quirks: Partial<ChipQuirks>) => {
      const host = make({ quirks });
      const bytes = Uint8Array.from(program.flatMap((value) => word(value).reverse()));
      host.chip.poke(0x2000_4000, bytes);
      host.command("21 DE", withXor(word(0x2000_4000)));
      host.clock.advance(5);
      return { state: host.chip.state, ramKept: sameBytes(host.chip.peek(0x2000_4000, bytes.length), bytes) };
    };
    expect(after({})).toEqual({ state: "bootloader", ramKept: true });
    expect(after({ startOverwritesRam: true })).toEqual({ state: "bootloader", ramKept: false });
    expect(after({ afterRamProgram: "application" })).toMatchObject({ state: "application" });
    expect(after({ afterRamProgram: "nothing" })).toEqual({ state: "application", ramKept: true });
  });

  it("any other just runs", () => {
    const host = make();
    expect(host.command("21 DE", withXor(word(0x2000_4000)))).toBe("79");
    expect(host.chip.state).toBe("application");
    expect(host.chip.counters.resets).toBe(0);
  });
});
