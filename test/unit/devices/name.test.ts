import { describe, expect, it } from "vitest";
import { deviceByName } from "../../../src/devices/name.js";
import { allDevices } from "../../../src/devices/load.js";

const idOf = async (text: string): Promise<number | string> => {
  const match = await deviceByName(text);
  return match.kind === "found" ? match.device.productId : match.kind;
};

describe("a name that means one chip", () => {
  it.each([
    ["stm32g071", 0x460],
    ["STM32G071RB", 0x460],
    ["stm32g071rbt6", 0x460],
    ["g071", 0x460],
    ["STM32G07xxx", 0x460],
    ["STM32G08xxx", 0x460],
    ["STM32G07xxx/08xxx", 0x460],
    ["STM32F407VG", 0x413],
    ["STM32F40xxx", 0x413],
    ["stm32f103c8t6", 0x410],
    ["STM32F103C6", 0x412],
    ["STM32F103RC", 0x414],
    ["F103ZG", 0x430],
    ["STM32F030F4P6", 0x444],
    ["STM32F030R8", 0x440],
    ["STM32F030CC", 0x442],
    ["STM32F070CB", 0x448],
    ["STM32F401RE", 0x433],
    ["STM32L010RB", 0x447],
    ["STM32L151C8T6", 0x416],
    ["STM32L151C8T6A", 0x429],
    ["STM32L152RET6", 0x437],
    ["STM32L151ZCT6", 0x436],
    ["STM32L162QCH6", 0x436],
    ["STM32L151RCT6", 0x427],
    ["STM32L151RCT6A", 0x436],
    ["STM32L485JE", 0x415],
    ["STM32G411C8", 0x468],
    ["STM32G411RC", 0x479],
    ["STM32G414CB", 0x469],
    ["STM32WB1MMC", 0x494],
    ["STM32WB5MMG", 0x495],
    ["STM32WL5MOC", 0x497],
    ["STM32L151VDT6X", 0x437],
    ["STM32WBA55CG", 0x492],
    ["STM32WLE5JC", 0x497],
    ["STM32WB05", 0x3b],
    ["STM32WL33CC", 0x5f],
    ["stm32-h743-zi", 0x450],
    ["STM32H7A3ZI", 0x480],
    ["0x460", 0x460],
    ["STM32F10xxx medium-density", 0x410],
    ["stm32g071rbt6tr", 0x460],
    ["STM32G071xx", 0x460],
    ["STM32G071RBTx", 0x460],
    ["STM32L073VZT6", 0x447],
    ["STM32WBA55CGU6", 0x492],
    ["STM32WL33CCV6", 0x5f],
    ["STM32WB05KZV6TR", 0x3b],
  ])("%s", async (text, productId) => {
    expect(await idOf(text)).toBe(productId);
  });

  it("is every part of the table, but those that need more of the order code", async () => {
    for (const device of await allDevices())
      for (const part of device.parts) {
        const match = await deviceByName(part);
        if (match.kind === "found") expect(match.device.productId, part).toBe(device.productId);
        else expect(match.kind, part).toBe("ambiguous");
      }
  });

  it("is the name of every row", async () => {
    for (const { name, productId } of await allDevices())
      if (productId !== 0x495) expect(await idOf(name), name).toBe(productId);
  });
});

describe("a name that means several chips", () => {
  it("is answered with all of them", async () => {
    const match = await deviceByName("STM32F103");
    expect(match).toMatchObject({ kind: "ambiguous" });
    expect(match.kind === "ambiguous" && match.message).toBe(
      `"STM32F103" can be STM32F10xxx medium-density (0x410), STM32F10xxx low-density (0x412), STM32F10xxx high-density (0x414), ` +
        `STM32F10xxx XL-density (0x430); give more of the order code, or the product ID.`,
    );
  });

  it.each(["STM32WB35", "STM32L151C8", "STM32F4", "l1", "STM32F401"])("%s", async (text) => {
    expect(await idOf(text)).toBe("ambiguous");
  });

  it("does not list them all when they are many", async () => {
    const match = await deviceByName("STM32F");
    expect(match.kind === "ambiguous" && match.message).toMatch(/ and \d+ more; give more of the order code/);
  });
});

describe("a name that means none", () => {
  it.each([
    ["stm32g072", 0x460],
    ["STM32F408", 0x413],
    ["stm32l47", 0x415],
  ])("%s is answered with near ones", async (text, near) => {
    const match = await deviceByName(text);
    if (match.kind === "found") expect(match.device.productId).toBe(near);
    else expect(match.candidates.map(({ productId }) => productId)).toContain(near);
  });

  it.each(["", "stm32", "esp32", "0x999", "typo"])("%o has no near ones", async (text) => {
    const match = await deviceByName(text);
    expect(match).toMatchObject({ kind: "unknown", candidates: [], message: `No chip is called "${text}".` });
  });

  it.each(["stm32g071zzz", "stm32g071 or so", "stm32g0711", "STM32G071RBT6TR-AND-MORE", "f103xbogus"])(
    "%o is more than an order code",
    async (text) => {
      const match = await deviceByName(text);
      expect(match.kind).toBe("unknown");
      expect(match.kind === "unknown" && match.message).toContain(
        `No chip is called "${text}"; near to it: `,
      );
    },
  );
});
