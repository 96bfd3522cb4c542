import { describe, expect, it } from "vitest";
import { diagnose } from "../../../src/host/doctor.js";
import { gatherFacts } from "../../../src/host/doctor-facts.js";
import { listSpiDevices } from "../../../src/host/spi-devices.js";
import { cli } from "../cli/fake-io.js";
import { RASPBERRY_PI, systemTree } from "./system-tree.js";

const TREE = {
  ...RASPBERRY_PI,
  "sys/devices/platform/soc/fe204000.spi/driver": "-> sys/bus/platform/drivers/spi-bcm2835",
  "sys/bus/platform/drivers/spi-bcm2835/": "",
  "sys/class/spi_master/spi0/device": "-> sys/devices/platform/soc/fe204000.spi",
  "sys/class/spidev/spidev0.1/dev": "153:1\n",
  "sys/class/spidev/spidev0.0/dev": "153:0\n",
  "dev/spidev0.0": "",
};

describe("SPI devices", () => {
  it("are listed with the driver of their controller", () => {
    using system = systemTree(TREE);
    expect(listSpiDevices(system.root)).toEqual([
      { path: "/dev/spidev0.0", hasNode: true, driver: "spi-bcm2835" },
      { path: "/dev/spidev0.1", hasNode: false, driver: "spi-bcm2835" },
    ]);
  });

  it("are shown by ports, where there are any", async () => {
    using system = systemTree(TREE);
    const { stdout } = await cli(["ports", "--root", system.root]);
    expect(stdout).toMatch(/^SPI DEVICE {6}LIMITS +CONTROLLER$/m);
    expect(stdout).toMatch(/^\/dev\/spidev0\.0 +spi-bcm2835$/m);
    expect(stdout).toMatch(/^\/dev\/spidev0\.1 +no device node +spi-bcm2835$/m);
  });

  it("are judged by the doctor: one that may be used, and one that is not there", async () => {
    using system = systemTree(TREE);
    const ask = async (path: string) => diagnose(await gatherFacts({ path, root: system.root }));
    const usable = await ask("/dev/spidev0.0");
    expect(usable.ready).toBe(true);
    expect(usable.findings).toContainEqual({
      level: "ok",
      title: "/dev/spidev0.0",
      detail: "You may use it and nobody holds it.",
    });
    const missing = await ask("/dev/spidev5.0");
    expect(missing.ready).toBe(false);
    expect(missing.findings.at(-1)).toMatchObject({
      level: "bad",
      detail: "The kernel knows no such SPI device.",
      nextStep: expect.stringContaining("dtparam=spi=on") as string,
    });
  });
});
