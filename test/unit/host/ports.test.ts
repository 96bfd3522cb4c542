import { describe, expect, it } from "vitest";
import { ports } from "../../../src/host/ports.js";
import { RASPBERRY_PI, systemTree } from "./system-tree.js";

describe("ports", () => {
  it("says of each bus and port what its node lets us do", async () => {
    using system = systemTree({
      ...RASPBERRY_PI,
      "sys/devices/pci/i2c-0/name": "SMBus\n",
      "sys/bus/i2c/devices/i2c-0": "-> sys/devices/pci/i2c-0",
      "sys/devices/pci/tty/ttyS0/type": "4\n",
      "sys/class/tty/ttyS0": "-> sys/devices/pci/tty/ttyS0",
      "sys/devices/pci/tty/ttyS0/device": "-> sys/devices/pci",
    });
    const { i2c, serial } = await ports({ root: system.root });
    expect(i2c.map(({ path, access }) => [path, access])).toEqual([
      ["/dev/i2c-0", "missing"],
      ["/dev/i2c-1", "usable"],
    ]);
    expect(serial.map(({ path, access }) => [path, access])).toEqual([["/dev/ttyS0", "missing"]]);
  });

  it("opens no bus of another machine", async () => {
    using system = systemTree(RASPBERRY_PI);
    const { i2c } = await ports({ root: system.root });
    expect(i2c[0]).not.toHaveProperty("functionality");
  });
});
