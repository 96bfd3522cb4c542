import { describe, expect, it } from "vitest";
import { allDevices } from "../../../src/devices/load.js";
import { SPI_ROWS, spiOf } from "../../../src/devices/spi-rows.js";
import { factsOf } from "../../../src/simulator/device-facts.js";
import { SPI_OPCODES } from "../../../src/simulator/opcodes.js";

const devices = await allDevices();

describe("the rows about SPI", () => {
  it("are of chips and bootloaders that the table has", () => {
    for (const { productId, versions = [] } of SPI_ROWS) {
      const device = devices.find((candidate) => candidate.productId === productId);
      expect(device, productId.toString(16)).toBeDefined();
      const known = device!.bootloaders.map(({ version }) => version);
      for (const version of versions) expect(known).toContain(version);
    }
  });

  it("name pins for each instance, and a protocol that the simulator speaks", () => {
    for (const { instance, pins, protocol } of SPI_ROWS) {
      expect(pins.split(", ")).toHaveLength(instance.split("/").length);
      expect(Object.keys(SPI_OPCODES)).toContain(protocol.slice(1));
    }
  });

  it("tell a bootloader with SPI from one without", () => {
    const l47 = devices.find(({ productId }) => productId === 0x415)!;
    const found = l47.bootloaders.map((row) => [row.version, spiOf(l47, row)?.protocol]);
    expect(found).toEqual(expect.arrayContaining([["V9.2", "V1.1"]]));
    expect(found.some(([, protocol]) => protocol === undefined)).toBe(true);
    expect(factsOf(devices.find(({ productId }) => productId === 0x410)!).spi).toBeUndefined();
  });
});
