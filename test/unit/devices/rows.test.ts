import { describe, expect, it } from "vitest";
import type { Device } from "../../../src/devices/device.js";
import { faultsOf } from "../../../src/devices/faults.js";
import { allDevices, deviceByProductId } from "../../../src/devices/load.js";

const devices = await allDevices();
const g071 = (await deviceByProductId(0x460))!;

/** Left in the table as the document has them; docs/devices.md says what the host does. */
const KNOWN_FAULTS: Readonly<Record<number, readonly string[]>> = {
  0x478: [
    "V14.0: ID address 0x0BF8FFFE is outside the system memory",
    "V14.2: ID address 0x0BF8FFFE is outside the system memory",
  ],
};

describe("the table of devices", () => {
  it("has 90 product IDs, each once and in order", () => {
    const ids = devices.map(({ productId }) => productId);
    expect(ids).toHaveLength(90);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });

  it.each(devices.map((device) => [device.name, device] as const))("has no fault on %s", (_, device) => {
    expect(faultsOf(device)).toEqual(KNOWN_FAULTS[device.productId] ?? []);
  });

  it("names no part in two rows, but WB30 and WB35, which have two product IDs", () => {
    const parts = devices.flatMap((device) => device.parts);
    const twice = parts.filter((part, i) => parts.indexOf(part) !== i);
    expect(twice).toEqual(["STM32WB30", "STM32WB35"]);
  });

  it("asks for parity everywhere but on WB0 and WL3", () => {
    const without = devices.filter(({ bootloaders }) =>
      bootloaders.some(({ usart }) => usart.some(({ parity }) => parity === "none")),
    );
    expect(without.map(({ productId }) => productId)).toEqual([0x06, 0x3b, 0x3f, 0x5f]);
  });

  it("has erased value 0x00 on L0 and L1 and 0xFF elsewhere", () => {
    for (const { series, flash } of devices)
      expect(flash.erasedValue).toBe(series === "L0" || series === "L1" ? 0 : 0xff);
  });

  it("knows that 64 product IDs have I2C", () => {
    expect(devices.filter(({ bootloaders }) => bootloaders.some(({ i2c }) => i2c.length > 0))).toHaveLength(
      64,
    );
  });
});

describe("a fault in a row", () => {
  const flash = (change: Partial<Device["flash"]>): Device => ({
    ...g071,
    flash: { ...g071.flash, ...change },
  });
  const bootloader = (change: Partial<Device["bootloaders"][number]>): Device => ({
    ...g071,
    bootloaders: [{ ...g071.bootloaders[0]!, ...change }],
    emptyCheck: { clearedBy: [] },
  });
  const i2c = g071.bootloaders[0]!.i2c[0]!;
  it.each<[string, Device, string]>([
    ["a product ID of 13 bits", { ...g071, productId: 0x1460 }, "product ID 5216 has more than 12 bits"],
    [
      "a part of another series",
      { ...g071, parts: ["STM32G0", "STM32F072"] },
      `part "STM32F072" is not of series G0`,
    ],
    [
      "sectors that do not add up",
      flash({ sectors: [{ count: 63, size: 2048 }] }),
      "sectors add up to 129024, not to 131072",
    ],
    ["sizes out of order", flash({ sizesKiB: [64, 32, 128] }), "sizes do not ascend"],
    ["a wrong largest size", flash({ sizesKiB: [32, 64] }), "the last size is not the largest member's"],
    [
      "a size register in the flash",
      flash({ sizeRegister: 0x0800_0010 }),
      "register 0x08000010 lies inside the flash or at an odd address",
    ],
    [
      "banks of wrong size",
      flash({ dualBank: { bankSize: 32768, bank2FirstIndex: 16, smaller: "halved" } }),
      "bank of 32768 bytes is not half of the flash",
    ],
    [
      "a wrong first number of bank 2",
      flash({ dualBank: { bankSize: 65536, bank2FirstIndex: 31, smaller: "halved" } }),
      "bank 2 begins with number 31, bank 1 has 32",
    ],
    [
      "option bytes in the flash",
      { ...g071, optionBytes: [{ start: 0x0801_0000, end: 0x0801_0010 }] },
      "range 0x08010000..0x08010010 overlaps the flash",
    ],
    [
      "accessible RAM that is none",
      { ...g071, ram: { ...g071.ram, accessible: [{ start: 0x2000_3000, end: 0x2001_0000 }] } },
      "accessible range 0x20003000..0x20010000 is not in RAM",
    ],
    [
      "an empty range",
      { ...g071, systemMemory: [{ start: 0x1fff_7000, end: 0x1fff_0000 }] },
      "range 0x1FFF7000..0x1FFF0000 is empty or inverted",
    ],
    [
      "an ID address elsewhere",
      bootloader({ idAddress: 0x1fff_7ffe }),
      "V11.0: ID address 0x1FFF7FFE is outside the system memory",
    ],
    [
      "an 8-bit I2C address",
      bootloader({ i2c: [{ ...i2c, address: 0xa2 }] }),
      "V11.0: I2C address out of range",
    ],
    [
      "pins that do not match",
      bootloader({ i2c: [{ ...i2c, pins: "PB6/PB7" }] }),
      "V11.0: pins do not match I2C1/I2C2",
    ],
    [
      "a version that is not there",
      { ...g071, emptyCheck: { clearedBy: ["V9.9"] } },
      "clearedBy names a version that is not there",
    ],
  ])("is found: %s", (_, row, fault) => {
    expect(faultsOf(row)).toContain(fault);
  });
});

describe("a product ID", () => {
  it("finds its row and no other", async () => {
    expect((await deviceByProductId(0x413))?.name).toBe("STM32F40xxx/41xxx");
    expect(await deviceByProductId(0x4ff)).toBeUndefined();
  });
});
