/** When one command may erase the whole flash. */
import { describe, expect, it } from "vitest";
import { connectSim } from "../../../support/sim-target.js";

const howErased = async (name: string): Promise<string> => {
  const { target } = await connectSim(`sim:${name}`);
  const { how } = await target.erase("all");
  await target.close();
  return how;
};

describe("everything is erased", () => {
  it.each(["stm32g071?bus=i2c", "stm32g071?bus=uart", "stm32f411ce?bus=uart", "stm32f723ie?bus=uart"])(
    "by one command where that does what it says: %s",
    async (name) => {
      expect(await howErased(name)).toBe("mass");
    },
  );

  it.each(["stm32f411ce?bus=i2c", "stm32f723ie?bus=i2c"])(
    "by pages where the one command would hold the clock for longer than adapters bear: %s",
    async (name) => {
      expect(await howErased(name)).toBe("pages");
    },
  );

  it("by pages where the one command erases half of it", async () => {
    expect(await howErased("stm32h743zi?bus=i2c&version=V13.2")).toBe("pages");
  });
});
