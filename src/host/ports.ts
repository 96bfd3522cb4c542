/** What this machine has to offer a chip: I2C buses, serial ports and SPI devices. */
import { checkTable, PATH, type Table } from "../arguments.js";
import { isSystemError } from "../errors.js";
import { binding, type NativeBinding } from "../native/binding.js";
import { type I2cAdapter, listAdapters } from "./adapters.js";
import { type NodeAccess, nodeAccess } from "./node-access.js";
import type { SerialPort } from "./serial-ports.js";
import { serialPortsHere } from "./serial-ports-here.js";
import { listSpiDevices, type SpiDevice } from "./spi-devices.js";
import { SYSTEM_ROOT } from "./sysfs.js";

export interface I2cBusPort extends I2cAdapter {
  /** What its device node lets this user do. */
  readonly access: NodeAccess["state"];
  /** The mask of I2C_FUNCS, to be held against I2C_FUNC. undefined where the bus could not be asked. */
  readonly functionality?: number | undefined;
}

export interface SerialPortPort extends SerialPort {
  /** What its device node lets this user do. */
  readonly access: NodeAccess["state"];
}

export interface SpiPort extends SpiDevice {
  /** What its device node lets this user do. */
  readonly access: NodeAccess["state"];
}

export interface Ports {
  readonly i2c: readonly I2cBusPort[];
  readonly serial: readonly SerialPortPort[];
  readonly spi: readonly SpiPort[];
}

export interface PortsOptions {
  /** Look below this folder instead of "/". It describes another machine: its buses are not opened. */
  readonly root?: string | undefined;
}

const PORTS: Table<PortsOptions> = { root: PATH };

/** The I2C buses, serial ports and SPI devices of this machine, from sysfs. Nothing is sent to any of them. On other systems than Linux there are no buses, and the ports are those that serialport lists. @throws BootlaceError USAGE */
export async function ports(options: PortsOptions = {}): Promise<Ports> {
  checkTable(PORTS, options);
  const { root = SYSTEM_ROOT } = options;
  const native = root === SYSTEM_ROOT ? loaded() : undefined;
  const i2c = listAdapters(root).map(async (adapter): Promise<I2cBusPort> => {
    const access = nodeAccess(adapter.path, root).state;
    if (access !== "usable" || native === undefined) return { ...adapter, access };
    return { ...adapter, access, functionality: await functionalityOf(adapter.path, native) };
  });
  const serial = (await serialPortsHere(root)).map(({ port, node }) => ({ ...port, access: node.state }));
  const spi = listSpiDevices(root).map((device) => ({
    ...device,
    access: nodeAccess(device.path, root).state,
  }));
  return { i2c: await Promise.all(i2c), serial, spi };
}

/** The ports are there without the addon, too. */
function loaded(): NativeBinding | undefined {
  try {
    return binding();
  } catch {
    return undefined;
  }
}

/** @returns undefined when the bus cannot be opened or goes away meanwhile */
export async function functionalityOf(path: string, native: NativeBinding): Promise<number | undefined> {
  try {
    const bus = await native.i2cOpen(path);
    try {
      return await native.i2cFunctionality(bus);
    } finally {
      native.close(bus);
    }
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}
