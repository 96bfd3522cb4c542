/** Gathers what the doctor judges (doctor.ts), from sysfs, /proc, the device nodes and the addon. */
import { join } from "node:path";
import { isSystemError } from "../errors.js";
import { binding, GPIO_FLAG } from "../native/binding.js";
import type { NativeBinding } from "../native/binding.js";
import { limitsOf } from "./adapter-limits.js";
import type { AdapterLimit } from "./adapter-limits.js";
import { busNumberOf, describeAdapter, listAdapters } from "./adapters.js";
import type { I2cAdapter } from "./adapters.js";
import { boundDriver, boundDrivers } from "./bound-driver.js";
import type { BoundDriver } from "./bound-driver.js";
import { gpioChipNames } from "./gpio-chips.js";
import { groupName, nodeAccess } from "./node-access.js";
import type { NodeAccess } from "./node-access.js";
import { functionalityOf } from "./ports.js";
import { holderOfTarget } from "./lock.js";
import type { LockHolder } from "./lock.js";
import { serialPortsHere } from "./serial-ports-here.js";
import type { SerialPort } from "./serial-ports.js";
import { listSpiDevices } from "./spi-devices.js";
import type { SpiDevice } from "./spi-devices.js";
import { exists, readText, resolveLink, SYSTEM_ROOT } from "./sysfs.js";

export interface AdapterFacts {
  readonly adapter: I2cAdapter;
  readonly node: NodeAccess;
  /** The mask of I2C_FUNCS, where the node could be opened. */
  readonly functionality?: number | undefined;
  readonly limits: readonly AdapterLimit[];
  readonly bound: readonly BoundDriver[];
}

export interface SerialFacts {
  readonly port: SerialPort;
  readonly node: NodeAccess;
}

export interface SpiFacts {
  readonly device: SpiDevice;
  readonly node: NodeAccess;
  readonly holder: LockHolder | undefined;
}

export interface GpioLine {
  readonly offset: number;
  readonly name: string;
  /** Who holds it, "" when it is free. */
  readonly consumer: string;
  readonly used: boolean;
}

export interface GpioChipFacts {
  readonly node: NodeAccess;
  readonly label?: string;
  readonly lines: readonly GpioLine[];
}

/** What the user means to use. */
export interface TargetFacts {
  readonly path: string;
  readonly address?: number | undefined;
  readonly owner?: BoundDriver | undefined;
  readonly holder?: LockHolder | undefined;
}

export interface HostFacts {
  /** As `process.platform` says it. */
  readonly platform: string;
  /** Why the addon cannot be loaded. */
  readonly addonError?: string | undefined;
  /** The driver of /dev/i2c-N is there: loaded or built in. */
  readonly i2cDevLoaded: boolean;
  readonly user: { readonly uid: number; readonly groups: readonly string[] };
  readonly adapters: readonly AdapterFacts[];
  readonly serialPorts: readonly SerialFacts[];
  readonly spiDevices: readonly SpiFacts[];
  readonly gpioChips: readonly GpioChipFacts[];
  readonly target?: TargetFacts;
}

export interface DoctorQuestion {
  /** "/dev/i2c-1" or "/dev/ttyS1": judge this one. Without it all are looked at. */
  readonly path?: string | undefined;
  readonly address?: number | undefined;
  readonly root?: string;
}

export async function gatherFacts({
  path,
  address,
  root = SYSTEM_ROOT,
}: DoctorQuestion = {}): Promise<HostFacts> {
  const { native, addonError } = loadAddon();
  const facts: HostFacts = {
    platform: process.platform,
    addonError,
    i2cDevLoaded: namesOfCharDrivers(root).has("i2c"),
    user: currentUser(root),
    adapters: await Promise.all(
      chosenAdapters(path, root).map((adapter) => adapterFacts(adapter, native, root)),
    ),
    serialPorts: await serialPortsHere(root),
    spiDevices: listSpiDevices(root).map((device) => spiFacts(device, native, root)),
    gpioChips: native === undefined ? [] : gpioChips(native, root),
  };
  return path === undefined ? facts : { ...facts, target: targetFacts({ path, address, native, root }) };
}

function loadAddon(): { native?: NativeBinding; addonError?: string } {
  try {
    return { native: binding() };
  } catch (error) {
    return { addonError: (error as Error).message };
  }
}

/** Names in the first part of /proc/devices, where every character driver with a major number is. */
function namesOfCharDrivers(root: string): Set<string> {
  const [text = ""] = (readText(join(root, "proc/devices")) ?? "").split("Block devices:");
  return new Set([...text.matchAll(/^\s*\d+ (\S+)$/gm)].map(([, name]) => name ?? ""));
}

function currentUser(root: string): HostFacts["user"] {
  const ids = process.getgroups?.() ?? [];
  return { uid: process.geteuid?.() ?? -1, groups: ids.map((id) => groupName(id, root)) };
}

function chosenAdapters(path: string | undefined, root: string): I2cAdapter[] {
  if (path === undefined) return listAdapters(root);
  const number = busNumberOf(path, root);
  return number === undefined ? [] : [describeAdapter(number, root)];
}

async function adapterFacts(
  adapter: I2cAdapter,
  native: NativeBinding | undefined,
  root: string,
): Promise<AdapterFacts> {
  const node = nodeAccess(adapter.path, root);
  const mask =
    node.state === "usable" && native !== undefined ? await functionalityOf(adapter.path, native) : undefined;
  return {
    adapter,
    node,
    functionality: mask,
    limits: limitsOf(adapter),
    bound: boundDrivers(adapter.number, root),
  };
}

function spiFacts(device: SpiDevice, native: NativeBinding | undefined, root: string): SpiFacts {
  const node = nodeAccess(device.path, root);
  const asks = native !== undefined && node.state === "usable" && root === SYSTEM_ROOT;
  return { device, node, holder: asks ? holderOfTarget(device.path, 0, { native, root }) : undefined };
}

function gpioChips(native: NativeBinding, root: string): GpioChipFacts[] {
  if (!exists(join(root, "dev"))) return [];
  return gpioChipNames(join(root, "dev")).map((name) => {
    const node = nodeAccess(`/dev/${name}`, root);
    return node.state === "usable" ? { node, ...readChip(node.path, native) } : { node, lines: [] };
  });
}

function readChip(path: string, native: NativeBinding): Pick<GpioChipFacts, "label" | "lines"> {
  try {
    const chip = native.gpioOpen(path);
    try {
      const { label, lines } = native.gpioChipInfo(chip);
      const offsets = Array.from({ length: lines }, (_, offset) => offset);
      return { label, lines: offsets.map((offset) => readLine(native.gpioLineInfo(chip, offset))) };
    } finally {
      native.close(chip);
    }
  } catch (error) {
    if (isSystemError(error)) return { lines: [] };
    throw error;
  }
}

const readLine = (info: ReturnType<NativeBinding["gpioLineInfo"]>): GpioLine => ({
  offset: info.offset,
  name: info.name,
  consumer: info.consumer,
  used: (info.flags & GPIO_FLAG.used) !== 0,
});

interface TargetQuestion {
  readonly path: string;
  readonly address: number | undefined;
  readonly native: NativeBinding | undefined;
  readonly root: string;
}

function targetFacts({ path, address, native, root }: TargetQuestion): TargetFacts {
  if (address === undefined) return { path };
  const bus = busNumberOf(path, root);
  const owner = bus === undefined ? undefined : boundDriver(bus, address, root);
  const holder =
    native === undefined ? undefined : holderOfTarget(resolveLink(path) ?? path, address, { native, root });
  return {
    path,
    address,
    owner,
    holder,
  };
}
