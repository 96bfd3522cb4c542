import { describe, expect, it } from "vitest";
import type { Quirks } from "../../../src/devices/device.js";
import { NO_QUIRKS } from "../../../src/devices/device.js";
import { allDevices, deviceByProductId } from "../../../src/devices/load.js";
import { QUIRK_ROWS } from "../../../src/devices/quirk-rows.js";
import { quirksOf } from "../../../src/devices/quirks.js";

const quirks = async (productId: number, bootloaderId?: number): Promise<Quirks> =>
  quirksOf(await deviceByProductId(productId), bootloaderId);

describe("quirks", () => {
  it("are none on a bootloader without limitations", async () => {
    expect(await quirks(0x460, 0xb4)).toEqual(NO_QUIRKS);
  });

  it.each<[string, number, number, Partial<Quirks>]>([
    [
      "G07x V11.3",
      0x460,
      0xb3,
      { erasePagesPerCommand: 1, waitAfterEraseMs: 40, optionLaunchMissing: false },
    ],
    ["G07x V11.2", 0x460, 0xb2, { erasePagesPerCommand: 255, optionLaunchMissing: true }],
    ["G0B0 V13.0", 0x467, 0xd0, { erasePagesPerCommand: 1 }],
    ["G0B1 V9.2", 0x467, 0x92, { erasePagesPerCommand: 1 }],
    ["U375 V14.1", 0x454, 0xe1, { erasePagesPerCommand: 1 }],
    ["U375 V14.2", 0x454, 0xe2, { erasePagesPerCommand: 255 }],
    ["F1 XL", 0x430, 0x21, { erasePagesPerCommand: 100 }],
    ["L496 V9.3", 0x461, 0x93, { bankEraseBroken: true, massEraseBroken: false }],
    ["H74x V13.2", 0x450, 0xd2, { massEraseBroken: true, goBroken: true, bankEraseBroken: false }],
    ["H74x V13.3", 0x450, 0xd3, { massEraseBroken: false, goBroken: false, bankEraseBroken: true }],
    ["H74x V9.0", 0x450, 0x90, { goStackGapBytes: 16, goFirstAckMissing: true, goBroken: false }],
    ["H74x V9.1", 0x450, 0x91, { bankEraseBroken: true, goStackGapBytes: 16, goFirstAckMissing: false }],
    ["H74x V9.2", 0x450, 0x92, { bankEraseBroken: false, readMayFault: true }],
    ["L1xxxD V4.2", 0x436, 0x42, { goStackGapBytes: 4, doubleNack: false }],
    ["L1xxxD V4.5", 0x436, 0x45, { goStackGapBytes: 0, doubleNack: true }],
    ["WB15 V11.1", 0x494, 0xb1, { writeUnprotectErasesChip: true, readoutUnprotectNeedsPowerCycle: false }],
    ["WB55 V13.5", 0x495, 0xd5, { writeUnprotectErasesChip: true, readoutUnprotectNeedsPowerCycle: true }],
    ["WB35 V13.5", 0x496, 0xd5, { writeUnprotectErasesChip: true, readoutUnprotectNeedsPowerCycle: true }],
    ["F358 V5.0", 0x422, 0x50, { frameGapMs: 10, maxBaudRate: 57_600 }],
    ["F378 V5.0", 0x432, 0x50, { frameGapMs: 10, maxBaudRate: 57_600 }],
    ["C031", 0x453, 0x52, { frameGapMs: 2000 }],
    ["F746", 0x449, 0x90, { frameGapMs: 500, shakyAboveBaudRate: 57_600 }],
    ["F72x", 0x452, 0x90, { stretchMs: 7000 }],
    ["F411", 0x431, 0xd0, { stretchMs: 35_000 }],
    ["G05x V5.1", 0x456, 0x51, { stretchMs: 1300 }],
    ["G05x V5.0", 0x456, 0x50, { stretchMs: 0 }],
    ["L412 V13.1", 0x464, 0xd1, { doubleAckOnSync: true }],
    ["F40x V3.0", 0x413, 0x30, { noNackForBadAddress: true, doubleNack: false }],
    ["F40x V9.0", 0x413, 0x90, { noNackForBadAddress: false, doubleNack: true }],
    ["F40x V9.1", 0x413, 0x91, { noNackForBadAddress: false, doubleNack: false }],
    ["L476 V9.0", 0x415, 0x90, { ramWriteBroken: true }],
    ["L476 V9.2", 0x415, 0x92, { ramWriteBroken: false }],
  ])("of %s", async (_, productId, bootloaderId, expected) => {
    expect(await quirks(productId, bootloaderId)).toMatchObject(expected);
  });

  it("of an unread version are those of all versions together", async () => {
    expect(await quirks(0x460)).toMatchObject({
      erasePagesPerCommand: 1,
      waitAfterEraseMs: 40,
      optionLaunchMissing: true,
    });
    expect(await quirks(0x450)).toMatchObject({
      massEraseBroken: true,
      bankEraseBroken: true,
      goBroken: true,
      goStackGapBytes: 16,
      readMayFault: true,
    });
  });

  it("of a version that the row does not list are those of all versions too", async () => {
    expect(await quirks(0x460, 0xff)).toEqual(await quirks(0x460));
  });

  it("of an unknown chip are none, with a short pause between frames", () => {
    expect(quirksOf(undefined)).toEqual({ ...NO_QUIRKS, frameGapMs: 500 });
    expect(quirksOf(undefined, 0x31, 0x999)).toEqual({ ...NO_QUIRKS, frameGapMs: 500 });
  });

  it("hold by product ID alone", () => {
    expect(quirksOf(undefined, undefined, 0x495).writeUnprotectErasesChip).toBe(true);
  });

  it("say where they come from", async () => {
    expect((await quirks(0x460, 0xb3)).because).toEqual([
      "G07x/G08x V11.3 does not wait until pages are erased: one page per command, then 40 ms (AN2606 Rev 70).",
    ]);
  });
});

describe("every row of quirks", () => {
  it.each(QUIRK_ROWS.map((row) => [row.source, row] as const))("%s", async (source, row) => {
    expect(source).toMatch(
      /\((AN2606 Rev 70|RM\d{4}.*|seen on .*|field reports, no document)\)[.:]|\((AN|RM)/,
    );
    expect(Object.keys(row.quirks).length).toBeGreaterThan(0);
    for (const productId of row.productIds) {
      const device = await deviceByProductId(productId);
      expect(device, `product ID ${productId.toString(16)}`).toBeDefined();
      for (const [name, value] of Object.entries(row.quirks))
        expect(value, name).not.toBe(NO_QUIRKS[name as keyof Quirks]);
    }
    for (const id of row.bootloaderIds ?? []) {
      const known = await Promise.all(row.productIds.map(deviceByProductId));
      expect(known.some((device) => device!.bootloaders.some((bootloader) => bootloader.id === id))).toBe(
        true,
      );
    }
  });
});

it("quirks never allow more than the defaults", async () => {
  for (const device of await allDevices())
    for (const id of [undefined, ...device.bootloaders.map((bootloader) => bootloader.id)]) {
      const found = quirksOf(device, id);
      expect(found.erasePagesPerCommand).toBeLessThanOrEqual(NO_QUIRKS.erasePagesPerCommand);
      expect(found.frameGapMs).toBeLessThanOrEqual(device.i2cTimeoutMs ?? 500);
    }
});
