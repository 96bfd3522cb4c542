import { describe, expect, it } from "vitest";
import type { Device } from "../../../src/devices/device.js";
import { allDevices, deviceByProductId } from "../../../src/devices/load.js";
import { flashSizeFrom, sizeReadPlan, uidFrom, uidReadPlan } from "../../../src/devices/registers.js";

const row = async (productId: number): Promise<Device> => (await deviceByProductId(productId))!;
const devices = await allDevices();

describe("the flash size", () => {
  it.each([
    ["G071, a word", 0x460, { address: 0x1fff_75e0, length: 4, offset: 0 }],
    ["F746, the upper half of a word", 0x449, { address: 0x1ff0_f440, length: 4, offset: 2 }],
    ["L072, in a block of 128", 0x447, { address: 0x1ff8_0000, length: 128, offset: 0x7c }],
    ["F407, in a block of 256", 0x413, { address: 0x1fff_7a00, length: 256, offset: 0x22 }],
    ["F205, as a word", 0x411, { address: 0x1fff_7a20, length: 4, offset: 2 }],
    ["C551, as on H5", 0x44e, { address: 0x08ff_f80c, length: 4, offset: 0 }],
    ["L152 of cat. 3", 0x427, { address: 0x1ff8_00cc, length: 4, offset: 0 }],
  ])("of %s", async (_, productId, plan) => {
    expect(sizeReadPlan(await row(productId))).toEqual(plan);
  });

  it("cannot be read on WB0 and WL3", () => {
    expect(devices.filter((device) => !sizeReadPlan(device)).map(({ productId }) => productId)).toEqual([
      0x06, 0x3b, 0x3f, 0x5f,
    ]);
  });

  it("is a little-endian half-word in KiB", async () => {
    expect(flashSizeFrom(await row(0x460), Uint8Array.of(0x80, 0x00, 0xff, 0xff))).toBe(128);
    expect(flashSizeFrom(await row(0x449), Uint8Array.of(0xff, 0xff, 0x00, 0x04))).toBe(1024);
    const block = new Uint8Array(256);
    block.set([0x00, 0x02], 0x22);
    expect(flashSizeFrom(await row(0x413), block)).toBe(512);
  });

  it("is a code on L1 of category 4 and a byte on category 2", async () => {
    expect(flashSizeFrom(await row(0x436), Uint8Array.of(0, 0, 0, 0))).toBe(384);
    expect(flashSizeFrom(await row(0x436), Uint8Array.of(1, 0, 0, 0))).toBe(256);
    expect(flashSizeFrom(await row(0x429), Uint8Array.of(0x80, 0xff, 0, 0))).toBe(128);
  });
});

describe("the unique ID", () => {
  const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i);

  it("is 12 bytes in a row", async () => {
    expect(uidReadPlan(await row(0x460))).toEqual({ address: 0x1fff_7590, length: 12, offset: 0 });
    expect(uidFrom(await row(0x460), counting(12))).toEqual(counting(12));
    expect(uidFrom(await row(0x413), counting(256))).toEqual(counting(256).slice(0x10, 0x1c));
  });

  it("is three words apart on L0 and L1", async () => {
    const wanted = [0, 1, 2, 3, 4, 5, 6, 7, 0x14, 0x15, 0x16, 0x17];
    expect(uidReadPlan(await row(0x427))).toEqual({ address: 0x1ff8_00d0, length: 24, offset: 0 });
    expect([...uidFrom(await row(0x427), counting(24))]).toEqual(wanted);
    expect([...uidFrom(await row(0x447), counting(128))]).toEqual(wanted.map((byte) => byte + 0x50));
  });
});

it("a plan reads 256 bytes at most, in whole words, and what it wants lies in them", () => {
  for (const device of devices)
    for (const [plan, bytes] of [
      [sizeReadPlan(device), 2],
      [uidReadPlan(device), 12],
    ] as const) {
      if (!plan) continue;
      expect(plan.length).toBeLessThanOrEqual(256);
      expect(plan.address % 4).toBe(0);
      expect(plan.length % 4).toBe(0);
      expect(plan.offset + bytes).toBeLessThanOrEqual(plan.length);
    }
});
