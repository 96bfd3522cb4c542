import { describe, expect, it } from "vitest";
import { listSerialPorts } from "../../../src/host/serial-ports.js";
import { systemTree } from "./system-tree.js";

const USB = "sys/devices/pci0/usb1/1-2";

const PORTS = {
  "sys/class/tty/tty0/": "", // a console: no device
  "sys/class/tty/ttyS0/device": "-> sys/devices/platform/serial8250",
  "sys/class/tty/ttyS0/type": "4\n",
  "sys/class/tty/ttyS1/device": "-> sys/devices/platform/serial8250",
  "sys/class/tty/ttyS1/type": "0\n", // the driver found no chip there
  "sys/devices/platform/serial8250/driver": "-> sys/bus/platform/drivers/serial8250",
  "sys/bus/platform/drivers/serial8250/": "",
  "sys/class/tty/ttyUSB0/device": `-> ${USB}/1-2:1.0/ttyUSB0`,
  [`${USB}/1-2:1.0/ttyUSB0/driver`]: "-> sys/bus/usb-serial/drivers/ftdi_sio",
  "sys/bus/usb-serial/drivers/ftdi_sio/": "",
  [`${USB}/idVendor`]: "0403\n",
  [`${USB}/manufacturer`]: "FTDI\n",
  [`${USB}/product`]: "FT232R USB UART\n",
  [`${USB}/serial`]: "A50285BI\n",
  "dev/ttyUSB0": "",
  "dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0": "-> dev/ttyUSB0",
};

describe("serial ports from sysfs", () => {
  it("are those with a device and a chip, with driver, USB names and lasting links", () => {
    using system = systemTree(PORTS);
    expect(listSerialPorts(system.root)).toEqual([
      { path: "/dev/ttyS0", driver: "serial8250", links: [] },
      {
        path: "/dev/ttyUSB0",
        driver: "ftdi_sio",
        usbName: "FTDI FT232R USB UART",
        usbSerial: "A50285BI",
        links: ["/dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0"],
      },
    ]);
  });

  it("have the controller's driver, not the ones in between since Linux 6.5", () => {
    const port = "sys/devices/platform/30860000.serial/30860000.serial:0/30860000.serial:0.0";
    using system = systemTree({
      "sys/class/tty/ttymxc0/device": `-> ${port}`,
      [`${port}/driver`]: "-> sys/bus/serial-base/drivers/port",
      "sys/devices/platform/30860000.serial/30860000.serial:0/driver": "-> sys/bus/serial-base/drivers/ctrl",
      "sys/devices/platform/30860000.serial/driver": "-> sys/bus/platform/drivers/imx-uart",
      "sys/bus/serial-base/drivers/port/": "",
      "sys/bus/serial-base/drivers/ctrl/": "",
      "sys/bus/platform/drivers/imx-uart/": "",
    });
    expect(listSerialPorts(system.root)[0]?.driver).toBe("imx-uart");
  });

  it("of the Raspberry Pi's mini-UART are marked as without parity", () => {
    using system = systemTree({
      "sys/class/tty/ttyS0/device": "-> sys/devices/platform/soc/fe215040.serial",
      "sys/class/tty/ttyS0/type": "4\n",
      "sys/devices/platform/soc/fe215040.serial/of_node/compatible": "brcm,bcm2835-aux-uart\0",
    });
    expect(listSerialPorts(system.root)[0]).toMatchObject({ path: "/dev/ttyS0", noParity: true });
  });

  it("are none where there is no sysfs", () => {
    using system = systemTree({});
    expect(listSerialPorts(system.root)).toEqual([]);
  });

  it("come in the order of their numbers", () => {
    using system = systemTree({
      "sys/class/tty/ttyS10/device": "-> sys/devices/a",
      "sys/class/tty/ttyS2/device": "-> sys/devices/a",
      "sys/devices/a/": "",
    });
    expect(listSerialPorts(system.root).map(({ path }) => path)).toEqual(["/dev/ttyS2", "/dev/ttyS10"]);
  });
});
