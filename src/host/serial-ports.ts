/** The serial ports that Linux knows, from sysfs. Consoles, ptys and places where no chip was found are left out. */
import { basename, join } from "node:path";
import { driverOf, namesIn, readBytes, readText, resolveLink, SYSTEM_ROOT, upwards } from "./sysfs.js";

export interface SerialPort {
  /** "/dev/ttyUSB0" */
  readonly path: string;
  /** "ftdi_sio" */
  readonly driver?: string | undefined;
  /** Maker and product of a USB device: "FTDI FT232R USB UART". */
  readonly usbName?: string | undefined;
  readonly usbSerial?: string | undefined;
  /** Names that survive replugging, from /dev/serial/by-id and /dev/serial/by-path. */
  readonly links: readonly string[];
  /** The Raspberry Pi's mini-UART, which has no parity bit: the ROM wants 8E1 (BCM2835 ARM Peripherals, 2.2.2). */
  readonly noParity?: boolean | undefined;
}

/** Drivers that only sit between a port and its controller since Linux 6.5 (drivers/tty/serial/serial_base_bus.c). */
const IN_BETWEEN = new Set(["port", "ctrl"]);

export function listSerialPorts(root = SYSTEM_ROOT): SerialPort[] {
  const links = persistentNames(root);
  return namesIn(join(root, "sys/class/tty"))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .flatMap((name) => {
      const port = describePort(name, root);
      return port === undefined ? [] : [{ ...port, links: links.get(name) ?? [] }];
    });
}

function describePort(name: string, root: string): Omit<SerialPort, "links"> | undefined {
  const tty = join(root, "sys/class/tty", name);
  const device = resolveLink(join(tty, "device"));
  // Type 0 is PORT_UNKNOWN: the 8250 driver registers ports where it found no chip.
  if (device === undefined || readText(join(tty, "type")) === "0") return undefined;
  const driver = portDriver(device);
  return {
    path: `/dev/${name}`,
    driver,
    ...usbIdentity(device),
    noParity: isMiniUart(device) || undefined,
  };
}

function portDriver(device: string): string | undefined {
  for (const at of upwards(device)) {
    const driver = driverOf(at);
    if (driver !== undefined && !IN_BETWEEN.has(driver)) return driver;
  }
  return undefined;
}

function usbIdentity(device: string): Pick<SerialPort, "usbName" | "usbSerial"> {
  for (const at of upwards(device)) {
    const product = readText(join(at, "product"));
    if (product === undefined || readText(join(at, "idVendor")) === undefined) continue;
    const maker = readText(join(at, "manufacturer"));
    const serial = readText(join(at, "serial"));
    return {
      usbName: maker === undefined || product.startsWith(maker) ? product : `${maker} ${product}`,
      usbSerial: serial,
    };
  }
  return {};
}

function isMiniUart(device: string): boolean {
  for (const at of upwards(device)) {
    const compatible = readBytes(join(at, "of_node/compatible"));
    if (compatible !== undefined)
      return new TextDecoder().decode(compatible).split("\0").includes("brcm,bcm2835-aux-uart");
  }
  return false;
}

/** Kernel name to the links that udev made for it. */
function persistentNames(root: string): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const folder of ["dev/serial/by-id", "dev/serial/by-path"])
    for (const link of namesIn(join(root, folder))) {
      const target = resolveLink(join(root, folder, link));
      if (target === undefined) continue;
      const known = names.get(basename(target)) ?? [];
      names.set(basename(target), [...known, `/${folder}/${link}`]);
    }
  return names;
}
