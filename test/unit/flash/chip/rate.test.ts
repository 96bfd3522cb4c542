/** A session faster than its bootloader can do is refused before a job begins. */
import { describe, expect, it } from "vitest";
import { connectSim } from "../../../support/sim-target.js";

describe("the rate of a session", () => {
  it.each(["stm32f378cc?bus=uart&clock=57600", "stm32f373cc?bus=uart&version=V4.1", "stm32f378cc?bus=i2c"])(
    "is not refused where the bootloader can do it: %s",
    async (name) => {
      const { target } = await connectSim(`sim:${name}`);
      await target.close();
    },
  );

  it.each([
    ["stm32f378cc?bus=uart&version=V5.0", "STM32F373xx / STM32F378xx"],
    ["stm32f358cc?bus=uart&version=V5.0", "STM32F302xB(C)/303xB(C) / STM32F358xx"],
  ])("is refused above what the bootloader can do: %s", async (name, chip) => {
    await expect(connectSim(`sim:${name}`)).rejects.toMatchObject({
      code: "USAGE",
      message: `${chip}: bootloader V5.0 works up to 57600 baud, and this is a session at 115200`,
      context: {
        chipState: "the flash was not changed; the chip is still in its bootloader",
        hint: "Reset the chip into its bootloader, which measures the rate anew, and connect with --baud 57600.",
      },
    });
  });
});
