/** The rows of the boot bits: inside the option bytes of their chips, without overlaps, read rightly. */
import { describe, expect, it } from "vitest";
import { allDevices } from "../../../../src/devices/load.js";
import { bootBytes, bootRowOf, fitsInverses, type BootRow } from "../../../../src/devices/options/boot.js";
import { valueOf } from "../../../../src/devices/options/field.js";

const fieldsOf = ({ selector, nBoot0, nBoot1, bootLock, rdp }: BootRow) =>
  [selector, nBoot0, nBoot1, bootLock, rdp].filter((field) => field !== undefined);

describe("the boot bits of every product ID", async () => {
  const rows = (await allDevices()).flatMap((device) => {
    const row = bootRowOf(device);
    return row ? [{ name: device.name, device, row }] : [];
  });

  it.each(rows)("of $name lie inside its option bytes and do not overlap", ({ device, row }) => {
    const bits = fieldsOf(row).flatMap(({ word, bit, width }) =>
      Array.from({ length: width }, (_, at) => word * 8 + bit + at),
    );
    expect(new Set(bits).size).toBe(bits.length);
    for (const { bit, width, source } of fieldsOf(row)) {
      expect(bit + width).toBeLessThanOrEqual(32);
      expect(source).toMatch(/^RM0\d{3}/);
    }
    const [area] = device.optionBytes;
    if (area) expect(bootBytes(row)).toBeLessThanOrEqual(area.end - area.start);
  });

  it("a new G0 as ST prints it: RDP AA, nBOOT_SEL, nBOOT0 and nBOOT1 set, BOOT_LOCK not (RM0454)", () => {
    const { row } = rows.find(({ device }) => device.productId === 0x460)!;
    const options = new Uint8Array(bootBytes(row));
    const view = new DataView(options.buffer);
    view.setUint32(0, 0xdfff_e1aa, true);
    view.setUint32(4, 0x2000_1e55, true);
    view.setUint32(0x74, 0xffff_ffff, true);
    expect(fitsInverses(options, row)).toBe(true);
    expect(fieldsOf(row).map((field) => [field.name, valueOf(options, field)])).toEqual([
      ["nBOOT_SEL", 1],
      ["nBOOT0", 1],
      ["nBOOT1", 1],
      ["BOOT_LOCK", 0],
      ["RDP", 0xaa],
    ]);
    options[3]! ^= 1;
    expect(fitsInverses(options, row)).toBe(false);
  });
});
