/** On which chips a checksum program may run, and why not on the others. */
import { describe, expect, test } from "vitest";
import { crcProgramPlace } from "../../../src/devices/crc-program.js";
import { NO_QUIRKS } from "../../../src/devices/device.js";
import { allDevices } from "../../../src/devices/load.js";
import { quirksOf } from "../../../src/devices/quirks.js";
import { CRC_MAP_ALIGNMENT, crcMapRoom } from "../../../src/protocol/crc-map.js";

const devices = await allDevices();
const named = (productId: number) => devices.find((device) => device.productId === productId)!;
const reasonOf = (productId: number, bootloaderId?: number): string | undefined => {
  const device = named(productId);
  const place = crcProgramPlace(device, quirksOf(device, bootloaderId));
  return "because" in place ? place.because : undefined;
};

describe("a checksum program", () => {
  test.each([
    [0x445, /leaves no RAM to the host/],
    [0x457, /leaves no RAM to the host/],
    [0x472, /secure services/],
    [0x482, /secure services/],
    [0x484, /secure services/],
    [0x492, /secure services/],
    [0x485, /secure services/],
    [0x495, /a second core/],
    [0x497, /a second core/],
    [0x480, /error correction survives a reset/],
    [0x483, /error correction survives a reset/],
  ])("is held back on product ID %i, with the reason", (productId, reason) =>
    expect(reasonOf(productId)).toMatch(reason),
  );

  test("is held back where an unknown version may be one whose RAM or Go is broken", () => {
    expect(reasonOf(0x415)).toMatch(/arrives damaged/);
    expect(reasonOf(0x450)).toMatch(/Go command/);
    expect(reasonOf(0x450, 0x91)).toBeUndefined();
  });

  test("runs on every other chip, with room for its larger table and 16 results", () => {
    const runs = devices.filter((device) => !("because" in crcProgramPlace(device, NO_QUIRKS)));
    for (const device of runs) {
      const { area } = crcProgramPlace(device, NO_QUIRKS) as Extract<
        ReturnType<typeof crcProgramPlace>,
        { area: unknown }
      >;
      const ranges = [{ start: device.flash.base, bytes: 2048, count: 16 }];
      const from = Math.ceil(area.start / CRC_MAP_ALIGNMENT) * CRC_MAP_ALIGNMENT;
      expect(from + crcMapRoom({ ranges, table: "byte" }), device.name).toBeLessThanOrEqual(area.end);
    }
    expect(runs.length).toBeGreaterThan(50);
  });

  test("is proven on the chips and bootloader versions that somebody reported, and on no others", () => {
    const report = [{ productId: 0x413, bootloaderVersion: "V9.1", source: "a report" }];
    const proven = (productId: number, version?: string) =>
      crcProgramPlace(named(productId), NO_QUIRKS, version, report);
    expect(proven(0x413, "V9.1")).toMatchObject({ proven: true });
    for (const other of [proven(0x413, "V9.0"), proven(0x413), proven(0x419, "V9.1")])
      expect(other).toMatchObject({ proven: false });
    expect(crcProgramPlace(named(0x413), NO_QUIRKS, "V9.1")).toMatchObject({ proven: false });
  });

  test("takes the start-up time of the version, and the slowest of all where it is not known", () => {
    expect(crcProgramPlace(named(0x442), NO_QUIRKS, "V5.2")).toMatchObject({ startupMs: 2 });
    expect(crcProgramPlace(named(0x442), NO_QUIRKS)).toMatchObject({ startupMs: 561 });
  });
});
