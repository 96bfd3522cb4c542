import { describe, expect, it } from "vitest";
import { devicesAtAddress, sevenBitHint } from "../../../src/devices/address.js";
import { allDevices } from "../../../src/devices/load.js";

const who = async (address: number): Promise<string[]> =>
  (await devicesAtAddress(address)).map(
    ({ device, products, doubtful }) =>
      `${device.productId.toString(16)} ${products.join("+")}${doubtful ? " ?" : ""}`,
  );

describe("an I2C address", () => {
  it("belongs to one chip", async () => {
    expect(await who(0x56)).toEqual(["466 STM32G03xxx/04xxx"]);
    expect(await who(0x78)).toEqual(["4b2 STM32WBA2xxx"]);
  });

  it("is shared by several", async () => {
    expect(await who(0x3a)).toEqual(["413 STM32F40xxx/41xxx", "423 STM32F401xB(C)"]);
    expect(await who(0x5d)).toEqual(["467 STM32G0B0xx+STM32G0B1xx/0C1xx"]);
  });

  it("names only the products of a row that have I2C", async () => {
    expect(await who(0x37)).toEqual(["422 STM32F358xx", "432 STM32F378xx"]);
  });

  it("marks what a document leaves in doubt, after what is certain", async () => {
    expect(await who(0x4d)).toEqual(["452 STM32F72xxx/73xxx ?"]);
    expect(await who(0x49)).toEqual(["451 STM32F76xxx/77xxx", "452 STM32F72xxx/73xxx"]);
    expect(await who(0x2c)).toEqual(["472 STM32L552xx/562xx ?"]);
    expect(await who(0x5f)).toEqual(["479 STM32G491xx/4A1xx", "480 STM32H7A3xx/7B3xx/7B0xx ?"]);
    expect(await who(0x5a)).toEqual([
      "455 STM32U535xx/545xx",
      "482 STM32U575xx/585xx",
      "454 STM32U375xx/385xx ?",
    ]);
  });

  it("may be nobody's", async () => {
    expect(await devicesAtAddress(0x10)).toEqual([]);
  });

  it("of every row finds that row", async () => {
    for (const device of await allDevices())
      for (const row of device.bootloaders.flatMap(({ i2c }) => i2c))
        for (const address of [row.address, ...row.alternatives]) {
          expect((await devicesAtAddress(address)).map((match) => match.device)).toContain(device);
        }
  });
});

describe("an address in 8-bit form", () => {
  it("gets a hint with the chip that it means", () => {
    expect(sevenBitHint(0xac)).toBe("0xAC is the 8-bit form of 0x56 (STM32G03xxx/04xxx); give 0x56.");
    expect(sevenBitHint(0xad)).toBe("0xAD is the 8-bit form of 0x56 (STM32G03xxx/04xxx); give 0x56.");
    expect(sevenBitHint(0x70)).toBe("0x70 is the 8-bit form of 0x38 (STM32F42xxx/43xxx); give 0x38.");
  });

  it("gets one without a name when no chip is there", () => {
    expect(sevenBitHint(0xf6)).toBe("I2C addresses have 7 bits; if 0xF6 is the 8-bit form, give 0x7B.");
  });

  it("is not suspected where a chip has just this address", () => {
    expect(sevenBitHint(0x76)).toBeUndefined(); // C051; also twice 0x3B
    expect(sevenBitHint(0x56)).toBeUndefined();
    expect(sevenBitHint(0x10)).toBeUndefined();
    expect(sevenBitHint(0x100)).toBeUndefined();
  });
});
