/**
 * Which kernel driver owns an address of an I2C bus. I2C_RDWR does not check it (only I2C_SLAVE answers EBUSY),
 * so whoever writes to a device of the kernel's disturbs its driver.
 */
import { join } from "node:path";
import { driverOf, namesIn, readText, SYSTEM_ROOT } from "./sysfs.js";

export interface BoundDriver {
  readonly address: number;
  /** "at24" */
  readonly driver: string;
  /** What the device calls itself: "24c02". */
  readonly deviceName?: string | undefined;
  /** "7-0050", as sysfs names it. */
  readonly device: string;
  /** Shell command that takes the driver off the device; needs root. */
  readonly unbindCommand: string;
}

/** "7-0050" (i2c_dev_set_name in drivers/i2c/i2c-core-base.c) */
const deviceName = (bus: number, address: number): string =>
  `${bus}-${address.toString(16).padStart(4, "0")}`;

/** @returns undefined when no driver is bound: the address is free for us */
export function boundDriver(bus: number, address: number, root = SYSTEM_ROOT): BoundDriver | undefined {
  const device = deviceName(bus, address);
  const folder = join(root, "sys/bus/i2c/devices", device);
  const driver = driverOf(folder);
  if (driver === undefined) return undefined;
  const name = readText(join(folder, "name"));
  return {
    address,
    driver,
    deviceName: name,
    device,
    unbindCommand: `echo ${device} > /sys/bus/i2c/drivers/${driver}/unbind`,
  };
}

/** Every address of the bus that a driver owns, by address. */
export function boundDrivers(bus: number, root = SYSTEM_ROOT): BoundDriver[] {
  const prefix = `${bus}-`;
  return namesIn(join(root, "sys/bus/i2c/devices"))
    .filter((name) => name.startsWith(prefix) && /^[0-9a-f]{4}$/.test(name.slice(prefix.length)))
    .flatMap((name) => boundDriver(bus, Number.parseInt(name.slice(prefix.length), 16), root) ?? [])
    .sort((a, b) => a.address - b.address);
}
