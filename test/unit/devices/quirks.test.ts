import { describe, expect, it } from "vitest";
import type { Quirks } from "../../../src/devices/device.js";
import { NO_QUIRKS } from "../../../src/devices/device.js";
import { allDevices, deviceByProductId } from "../../../src/devices/load.js";
import { QUIRK_ROWS } from "../../../src/devices/quirk-rows.js";
import { limitationsOf, quirksOf } from "../../../src/devices/quirks.js";
import { sourcesOf } from "../../support/sources.js";

const quirks = async (productId: number, bootloaderId?: number): Promise<Quirks> =>
  quirksOf(await deviceByProductId(productId), bootloaderId);

describe("quirks", () => {
  it("are none on a bootloader without limitations", async () => {
    expect(await quirks(0x460, 0xb4)).toEqual(NO_QUIRKS);
  });

  it.each<[string, number, number, Partial<Quirks>]>([
    ["G07x V11.3", 0x460, 0xb3, { erasePagesPerCommand: 1, waitAfterEraseMs: 40 }],
    ["G07x V11.2", 0x460, 0xb2, { erasePagesPerCommand: 255 }],
    ["G0B0 V13.0", 0x467, 0xd0, { erasePagesPerCommand: 1 }],
    ["G0B1 V9.2", 0x467, 0x92, { erasePagesPerCommand: 1 }],
    ["U375 V14.1", 0x454, 0xe1, { erasePagesPerCommand: 1 }],
    ["U375 V14.2", 0x454, 0xe2, { erasePagesPerCommand: 255 }],
    ["F1 XL", 0x430, 0x21, { erasePagesPerCommand: 100 }],
    ["L496 V9.3", 0x461, 0x93, { bankEraseBroken: true, massEraseBroken: false }],
    ["H74x V13.2", 0x450, 0xd2, { massEraseBroken: true, goBroken: true, bankEraseBroken: false }],
    ["H74x V13.3", 0x450, 0xd3, { massEraseBroken: false, goBroken: false, bankEraseBroken: true }],
    ["H74x V9.0", 0x450, 0x90, { goFirstAckMissing: true, goBroken: false }],
    ["H74x V9.1", 0x450, 0x91, { bankEraseBroken: true, goFirstAckMissing: false }],
    ["H74x V9.2", 0x450, 0x92, { bankEraseBroken: false, readMayFault: true }],
    ["WB15 V11.1", 0x494, 0xb1, { writeUnprotectErasesChip: true, readoutUnprotectNeedsPowerCycle: false }],
    ["WB55 V13.5", 0x495, 0xd5, { writeUnprotectErasesChip: true, readoutUnprotectNeedsPowerCycle: true }],
    ["WB35 V13.5", 0x496, 0xd5, { writeUnprotectErasesChip: true, readoutUnprotectNeedsPowerCycle: true }],
    ["F358 V5.0", 0x422, 0x50, { maxBaudRate: 57_600 }],
    ["F378 V5.0", 0x432, 0x50, { maxBaudRate: 57_600 }],
    ["F72x", 0x452, 0x90, { massEraseStretches: true }],
    ["F411", 0x431, 0xd0, { massEraseStretches: true }],
    ["L476 V9.0", 0x415, 0x90, { ramWriteBroken: true }],
    ["L476 V9.2", 0x415, 0x92, { ramWriteBroken: false }],
  ])("of %s", async (_, productId, bootloaderId, expected) => {
    expect(await quirks(productId, bootloaderId)).toMatchObject(expected);
  });

  it("of an unread version are those of all versions together", async () => {
    expect(await quirks(0x460)).toMatchObject({
      erasePagesPerCommand: 1,
      waitAfterEraseMs: 40,
    });
    expect(await quirks(0x450)).toMatchObject({
      massEraseBroken: true,
      bankEraseBroken: true,
      goBroken: true,
      readMayFault: true,
    });
  });

  it("of a version that the row does not list are those of all versions too", async () => {
    expect(await quirks(0x460, 0xff)).toEqual(await quirks(0x460));
  });

  it("of an unknown chip are none", () => {
    expect(quirksOf(undefined)).toEqual(NO_QUIRKS);
    expect(quirksOf(undefined, 0x31, 0x999)).toEqual(NO_QUIRKS);
  });

  it("hold by product ID alone", () => {
    expect(quirksOf(undefined, undefined, 0x495).writeUnprotectErasesChip).toBe(true);
  });

  it("are acted on: each has a reader outside the table of devices", () => {
    const code = ["flash", "protocol", "cli"]
      .flatMap((room) => sourcesOf(room))
      .map(({ text }) => text)
      .join("\n");
    expect(Object.keys(NO_QUIRKS).filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
  });
});

describe("limitations", () => {
  const told = async (productId: number, bootloaderId?: number): Promise<readonly string[]> =>
    limitationsOf(await deviceByProductId(productId), bootloaderId);

  it("say in one sentence each what is done otherwise, and where that comes from", async () => {
    expect(await told(0x460, 0xb3)).toEqual([
      "G07x/G08x V11.3 does not wait until pages are erased: one page per command, then 40 ms (AN2606 Rev 70).",
    ]);
    expect(await told(0x460, 0xb4)).toEqual([]);
  });

  it.each<[string, number, number, string]>([
    ["G07x V11.2", 0x460, 0xb2, "option bytes are written but not loaded"],
    ["H74x V9.0", 0x450, 0x90, "at least 16 bytes below the end of RAM"],
    ["L1xxxD V4.2", 0x436, 0x42, "equal to the end of SRAM"],
    ["L1xxxD V4.5", 0x436, 0x45, "two NACKs"],
    ["F358 V5.0", 0x422, 0x50, "after 10 ms between two frames"],
    ["F746", 0x449, 0x90, "above 57600 the connection may need another try"],
    ["G05x V5.1", 0x456, 0x51, "holds SCL instead of answering busy"],
    ["L412 V13.1", 0x464, 0xd1, "two ACKs in answer to 0x7F"],
    ["F40x V3.0", 0x413, 0x30, "no NACK for an address that does not exist"],
    ["F40x V9.0", 0x413, 0x90, "two NACKs"],
  ])("are told where nobody can act on them: %s", async (_, productId, bootloaderId, words) => {
    expect((await told(productId, bootloaderId)).join(" ")).toContain(words);
  });

  it("of an unread version are those of all versions together", async () => {
    expect((await told(0x413)).join(" ")).toMatch(/V3\.0: no NACK.*V3\.1 and V9\.0: two NACKs/);
  });

  it("of an unknown chip are none", () => {
    expect(limitationsOf(undefined)).toEqual([]);
  });
});

describe("every row of quirks", () => {
  it.each(QUIRK_ROWS.map((row) => [row.limitation, row] as const))("%s", async (limitation, row) => {
    expect(limitation).toMatch(
      /\((AN2606 Rev 70|RM\d{4}.*|seen on .*|field reports, no document)\)[.:]|\((AN|RM)/,
    );
    if (row.quirks) expect(Object.keys(row.quirks).length).toBeGreaterThan(0);
    for (const productId of row.productIds) {
      const device = await deviceByProductId(productId);
      expect(device, `product ID ${productId.toString(16)}`).toBeDefined();
      for (const [name, value] of Object.entries(row.quirks ?? {}))
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
      expect(found.maxBaudRate).toBeLessThanOrEqual(NO_QUIRKS.maxBaudRate);
    }
});
