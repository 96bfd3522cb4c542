/** The I2C buses that Linux knows, from sysfs (Documentation/i2c/dev-interface.rst, i2c-sysfs.rst of the kernel). */
import { join } from "node:path";
import {
  driverOf,
  exists,
  namesIn,
  readBytes,
  readText,
  resolveLink,
  SYSTEM_ROOT,
  upwards,
} from "./sysfs.js";

export interface I2cAdapter {
  readonly number: number;
  /** "/dev/i2c-1" */
  readonly path: string;
  /** False where the bus exists but has no device node, mostly because the module i2c-dev is not loaded. */
  readonly hasNode: boolean;
  /** What the driver calls it: "bcm2835 (i2c@7e804000)". Undefined without sysfs. */
  readonly name?: string | undefined;
  /** Kernel driver of the controller: "i2c-bcm2835". Undefined where sysfs does not say. */
  readonly driver?: string | undefined;
  /** Clock rate that the device tree declares, in Hz. What the driver makes of it is not to be had. */
  readonly clockHz?: number | undefined;
  /** It is a channel of an I2C multiplexer. */
  readonly behindMux?: boolean | undefined;
}

const NODE_NAME = /^i2c-(\d+)$/;

/** Every bus, by number. Without sysfs the device nodes alone are listed, without names. */
export function listAdapters(root = SYSTEM_ROOT): I2cAdapter[] {
  const numbers = new Set(
    ["sys/class/i2c-dev", "sys/bus/i2c/devices", "dev"].flatMap((folder) => busNumbers(join(root, folder))),
  );
  return [...numbers].sort((a, b) => a - b).map((number) => describeAdapter(number, root));
}

/** @param number of a bus, which need not exist */
export function describeAdapter(number: number, root = SYSTEM_ROOT): I2cAdapter {
  const folder = adapterFolder(number, root);
  const name = folder === undefined ? undefined : readText(join(folder, "name"));
  const driver = folder === undefined ? undefined : controllerDriver(folder);
  const clockHz = folder === undefined ? undefined : declaredClock(folder);
  return {
    number,
    path: `/dev/i2c-${number}`,
    hasNode: exists(join(root, `dev/i2c-${number}`)),
    name,
    driver,
    clockHz,
    behindMux: (folder !== undefined && exists(join(folder, "mux_device"))) || undefined,
  };
}

/** The bus number of a device node, also through links such as /dev/i2c/sensors. */
export function busNumberOf(path: string, root = SYSTEM_ROOT): number | undefined {
  const target = resolveLink(join(root, path)) ?? path;
  const match = NODE_NAME.exec(target.slice(target.lastIndexOf("/") + 1));
  return match === null ? undefined : Number(match[1]);
}

const busNumbers = (folder: string): number[] =>
  namesIn(folder).flatMap((name) => {
    const match = NODE_NAME.exec(name);
    return match === null ? [] : [Number(match[1])];
  });

const adapterFolder = (number: number, root: string): string | undefined =>
  resolveLink(join(root, `sys/bus/i2c/devices/i2c-${number}`)) ??
  resolveLink(join(root, `sys/class/i2c-dev/i2c-${number}/device`));

/** The nearest device above the adapter that has a driver: a multiplexer's channel leads to its controller. */
function controllerDriver(folder: string): string | undefined {
  for (const at of upwards(folder)) {
    const driver = driverOf(at);
    if (driver !== undefined) return driver;
  }
  return undefined;
}

/** The property clock-frequency of the adapter's node or of its controller's: one big-endian word (dt-schema, i2c-controller.yaml). */
function declaredClock(folder: string): number | undefined {
  for (const at of upwards(folder)) {
    const bytes = readBytes(join(at, "of_node/clock-frequency"));
    if (bytes?.length === 4) return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    if (driverOf(at) !== undefined) return undefined; // further up it would be the clock of something else
  }
  return undefined;
}
