import { describe, expect, it } from "vitest";
import { busNumberOf, describeAdapter, listAdapters } from "../../../src/host/adapters.js";
import { boundDriver, boundDrivers } from "../../../src/host/bound-driver.js";
import { cells, RASPBERRY_PI, systemTree } from "./system-tree.js";

describe("I2C adapters from sysfs", () => {
  it("have number, name, driver and the clock rate of the device tree", () => {
    using system = systemTree(RASPBERRY_PI);
    expect(listAdapters(system.root)).toEqual([
      {
        number: 1,
        path: "/dev/i2c-1",
        hasNode: true,
        name: "bcm2835 (i2c@7e804000)",
        driver: "i2c-bcm2835",
        clockHz: 400_000,
      },
    ]);
  });

  it("are listed by number, not by text", () => {
    using system = systemTree({ "dev/i2c-10": "", "dev/i2c-2": "", "dev/i2c-1": "" });
    expect(listAdapters(system.root).map(({ number }) => number)).toEqual([1, 2, 10]);
  });

  it("are listed without names where there is no sysfs", () => {
    using system = systemTree({ "dev/i2c-3": "" });
    expect(listAdapters(system.root)).toEqual([{ number: 3, path: "/dev/i2c-3", hasNode: true }]);
  });

  it("are listed without a node where i2c-dev is not loaded", () => {
    using system = systemTree({
      "sys/devices/pci/i2c-0/name": "SMBus\n",
      "sys/bus/i2c/devices/i2c-0": "-> sys/devices/pci/i2c-0",
    });
    expect(listAdapters(system.root)).toEqual([
      { number: 0, path: "/dev/i2c-0", hasNode: false, name: "SMBus" },
    ]);
  });

  it("behind a multiplexer have the driver of the controller above it", () => {
    const channel = "sys/devices/platform/ctrl/i2c-1/i2c-11";
    using system = systemTree({
      [`${channel}/name`]: "i2c-1-mux (chan_id 0)\n",
      [`${channel}/mux_device`]: "-> sys/devices/platform/ctrl/i2c-1",
      "sys/devices/platform/ctrl/driver": "-> sys/bus/platform/drivers/imx-i2c",
      "sys/bus/platform/drivers/imx-i2c/": "",
      "sys/devices/platform/ctrl/of_node/clock-frequency": cells(100_000),
      "sys/bus/i2c/devices/i2c-11": `-> ${channel}`,
    });
    expect(describeAdapter(11, system.root)).toMatchObject({
      driver: "imx-i2c",
      behindMux: true,
      clockHz: 100_000,
    });
  });

  it("do not take a property of the wrong length for a clock rate", () => {
    using system = systemTree({
      "sys/devices/x/i2c-4/of_node/clock-frequency": cells(0, 400_000),
      "sys/bus/i2c/devices/i2c-4": "-> sys/devices/x/i2c-4",
    });
    expect(describeAdapter(4, system.root).clockHz).toBeUndefined();
  });

  it("are found by number through links", () => {
    using system = systemTree(RASPBERRY_PI);
    expect(busNumberOf("/dev/i2c/sensors", system.root)).toBe(1);
    expect(busNumberOf("/dev/i2c-7", system.root)).toBe(7);
    expect(busNumberOf("/dev/ttyS1", system.root)).toBeUndefined();
  });
});

describe("drivers bound to addresses", () => {
  it("are named with the command that unbinds them", () => {
    using system = systemTree(RASPBERRY_PI);
    expect(boundDriver(1, 0x50, system.root)).toEqual({
      address: 0x50,
      driver: "at24",
      deviceName: "24c32",
      device: "1-0050",
      unbindCommand: "echo 1-0050 > /sys/bus/i2c/drivers/at24/unbind",
    });
  });

  it("do not include devices that nobody drives", () => {
    using system = systemTree(RASPBERRY_PI);
    expect(boundDriver(1, 0x51, system.root)).toBeUndefined();
    expect(boundDrivers(1, system.root).map(({ address }) => address)).toEqual([0x50]);
  });

  it("are none on another bus, also one whose number begins alike", () => {
    using system = systemTree(RASPBERRY_PI);
    expect(boundDrivers(11, system.root)).toEqual([]);
  });
});
