/** How a chip is left: started, restarted, or told why it cannot be. */
import { describe, expect, it } from "vitest";
import { connectSim, firmware } from "../support/sim-target.js";

const BASE = 0x0800_0000;

describe("leaving the bootloader", () => {
  it.each(["stm32g071", "stm32f407", "stm32l452", "stm32f091", "stm32h743", "stm32g071?bus=uart"])(
    "go starts the program on %s",
    async (name) => {
      const { target, chip } = await connectSim(name);
      expect(await target.write(firmware(BASE, 4096), { leave: "go" })).toMatchObject({ left: "running" });
      expect(chip.state).toBe("application");
      expect(chip.violations).toEqual([]);
    },
  );

  it.each(["stm32g071", "stm32f407", "stm32l452", "stm32f091", "stm32h743"])(
    "reset restarts %s by a program in its RAM",
    async (name) => {
      const { target, chip } = await connectSim(name);
      const { resets } = chip.counters;
      expect(await target.write(firmware(BASE, 4096), { leave: "reset" })).toMatchObject({ left: "reset" });
      expect(chip.counters.resets).toBe(resets + 1);
      expect(chip.violations).toEqual([]);
    },
  );

  it("a blank chip is not said to be started", async () => {
    const { target, chip } = await connectSim("stm32g071");
    await expect(target.run()).rejects.toMatchObject({
      code: "NO_PROGRAM",
      message: "there is no program at 0x08000000: its first words are blank",
      context: { chipState: "the flash was not changed; the chip is still in its bootloader" },
    });
    expect(chip.state).toBe("bootloader");
  });

  it("a chip whose bootloader leaves no RAM says so, and that the image is written", async () => {
    const { target } = await connectSim("stm32l011?bus=uart");
    const leaving = target.write(firmware(BASE, 4096), { leave: "reset" });
    await expect(leaving).rejects.toMatchObject({
      code: "NOT_OFFERED",
      message: "STM32L01xxx/02xxx cannot be reset through its bootloader: no RAM is left for a program",
      context: { chipState: "the image is written and verified; the chip is still in its bootloader" },
    });
  });
});
