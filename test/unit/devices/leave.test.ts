import { describe, expect, it } from "vitest";
import { leaveNotes } from "../../../src/devices/leave.js";
import type { LeaveNotes } from "../../../src/devices/leave.js";
import { deviceByProductId } from "../../../src/devices/load.js";
import { stackAreas } from "../../../src/devices/stack.js";

const notes = async (productId: number, bootloaderId?: number): Promise<LeaveNotes> =>
  leaveNotes(await deviceByProductId(productId), bootloaderId);

describe("leaving the bootloader", () => {
  it("takes a reset on chips without empty check, and on unknown ones", async () => {
    expect(await notes(0x413)).toMatchObject({ ways: ["go", "system-reset"], resetReturns: false });
    expect(leaveNotes(undefined)).toMatchObject({ ways: ["go", "system-reset"], resetReturns: false });
  });

  it("takes more than a reset where the empty flag was set at power-on", async () => {
    expect(await notes(0x442)).toMatchObject({
      ways: ["go", "obl-launch", "power-cycle"],
      resetReturns: true,
    });
    expect(await notes(0x462)).toMatchObject({
      ways: ["go", "pempty", "obl-launch", "power-cycle"],
      resetReturns: true,
    });
    expect(await notes(0x44e)).toMatchObject({ ways: ["go", "power-cycle"], resetReturns: true });
  });

  it("runs no program from RAM where the bootloader has all of it", async () => {
    expect(await notes(0x445)).toMatchObject({ ways: ["go", "power-cycle"] });
    expect(await notes(0x457)).toMatchObject({ ways: ["go", "power-cycle"] });
  });

  it("knows the versions that clear the flag themselves", async () => {
    expect(await notes(0x460, 0xb3)).toMatchObject({
      ways: ["go", "system-reset", "power-cycle"],
      resetReturns: false,
      emptyResetCrashes: true,
      because:
        "Bootloader V11.3 clears the empty flag when it starts, so a reset starts the flash, blank or not (AN2606 Rev 70).",
    });
    expect(await notes(0x460, 0xb4)).toMatchObject({ resetReturns: true, emptyResetCrashes: false });
    expect(await notes(0x460)).toMatchObject({ resetReturns: true, emptyResetCrashes: true });
  });
});

describe("an initial stack pointer", () => {
  it.each([
    ["the end of RAM on G071", 0x460, 0x2000_9000, true],
    ["beyond it", 0x460, 0x2000_9004, false],
    ["the start of RAM", 0x460, 0x2000_0000, false],
    ["an odd one", 0x460, 0x2000_1001, false],
    ["erased flash", 0x460, 0xffff_ffff, false],
    ["F407 in CCM", 0x413, 0x1001_0000, true],
    ["an F407 image on G071", 0x460, 0x2002_0000, false],
    ["H743 in AXI SRAM", 0x450, 0x2408_0000, true],
    ["L496 with SRAM2 after SRAM1", 0x461, 0x2005_0000, true],
    ["G051 with 18 KB", 0x456, 0x2000_4800, true],
    ["secure code on U575", 0x482, 0x300c_0000, true],
    ["WB35 between its two pieces of RAM", 0x496, 0x2001_8000, false],
    ["WB15 in SRAM1", 0x494, 0x2000_3000, true],
    ["WB15 where only WB55 has RAM", 0x494, 0x2000_c000, false],
    ["WB15 at the end of SRAM2", 0x494, 0x2003_9000, true],
    ["C091 with 36 KB", 0x44d, 0x2000_9000, true],
    ["F469 with 320 KB", 0x434, 0x2005_0000, true],
    ["beyond the RAM of F469", 0x434, 0x2006_0000, false],
  ])("%s", async (_, productId, pointer, expected) => {
    const areas = stackAreas((await deviceByProductId(productId))!);
    const lies = areas?.some(({ start, end }) => pointer > start && pointer <= end) ?? true;
    expect(pointer % 4 === 0 && lies).toBe(expected);
  });
});
