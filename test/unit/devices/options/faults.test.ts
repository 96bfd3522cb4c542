import { describe, expect, it } from "vitest";
import { allDevices } from "../../../../src/devices/load.js";
import { optionAreaOf } from "../../../../src/devices/options/area.js";
import { bootRowOf } from "../../../../src/devices/options/boot.js";
import { optionFaultsOf } from "../../../../src/devices/options/faults.js";
import { optionFieldsOf } from "../../../../src/devices/options/load.js";

const devices = await allDevices();
/** Those that may be set while the flash is empty: with nSWBOOT0 an empty flash does not help, so it is refused then too. */
const SELECTORS = ["nBOOT_SEL", "BOOT_SEL"];

describe("the named option bytes of every chip", () => {
  it.each(devices.map((device) => [device.name, device] as const))(
    "%s: no row is faulty",
    async (_, device) => {
      expect(optionFaultsOf(device, await optionFieldsOf(device))).toEqual([]);
    },
  );

  it.each(devices.filter(bootRowOf).map((device) => [device.name, device] as const))(
    "%s: the boot bits lie where the guard of a write looks for them",
    async (_, device) => {
      const fields = await optionFieldsOf(device);
      const row = bootRowOf(device)!;
      for (const bit of [
        row.selector,
        row.nBoot0,
        row.nBoot1,
        row.rdp,
        ...(row.bootLock ? [row.bootLock] : []),
      ]) {
        const { name, word, bit: at, width } = bit;
        const field = fields.find((candidate) => candidate.name === name);
        if (fields.length > 0) expect(field, name).toMatchObject({ word, bit: at, width });
      }
    },
  );

  it("no selector can be set on an empty flash that the guard of a write does not look at", async () => {
    const unguarded: string[] = [];
    for (const device of devices) {
      const fields = await optionFieldsOf(device);
      const settable = fields.filter(({ name, danger }) => SELECTORS.includes(name) && danger !== "keep");
      if (settable.length > 0 && optionAreaOf(device) && !bootRowOf(device)) unguarded.push(device.name);
    }
    expect(unguarded).toEqual([]);
  });

  it("covers 18 series", async () => {
    const named = await Promise.all(
      devices.map(async (device) => ((await optionFieldsOf(device)).length > 0 ? device.series : undefined)),
    );
    expect([...new Set(named.filter((series) => series !== undefined))].sort()).toEqual(
      "C0 F0 F1 F2 F3 F4 F7 G0 G4 H5 H7 L0 L1 L4 L5 U5 WB WL".split(" "),
    );
  });
});

describe("faults", async () => {
  const device = devices.find(({ productId }) => productId === 0x460)!;
  const [field] = await optionFieldsOf(device);

  it.each([
    [{ word: 0x80 }, "RDP: word 0x80 is outside the option bytes"],
    [{ bit: 30 }, "RDP: bits 30 to 37 are not in a word"],
    [{ values: { 256: "too much" } }, "RDP: the value 256 does not fit 8 bits"],
    [{ meaning: undefined }, "RDP: nothing says what it means"],
    [{ name: "a b" }, '"a b" is no name'],
  ])("%j", (wrong, sentence) => {
    expect(optionFaultsOf(device, [{ ...field!, ...wrong }])).toEqual([sentence]);
  });

  it("two fields in one place, or with one name", () => {
    expect(optionFaultsOf(device, [field!, { ...field!, name: "OTHER", bit: 7 }])).toEqual([
      "RDP and OTHER share a bit",
    ]);
    expect(optionFaultsOf(device, [field!, { ...field!, word: 8 }])).toEqual(["RDP and RDP share a name"]);
  });
});
