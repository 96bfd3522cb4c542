/** The serial ports of the system this runs on: from sysfs on Linux, elsewhere by the list of the `serialport` package. */
import { serialport } from "../transport/serial/library.js";
import { nodeAccess, type NodeAccess } from "./node-access.js";
import { listSerialPorts, type SerialPort } from "./serial-ports.js";
import { SYSTEM_ROOT } from "./sysfs.js";

/** What of @serialport/bindings-interface's PortInfo is used. */
export interface ListedPort {
  readonly path: string;
  readonly manufacturer?: string | undefined;
  readonly serialNumber?: string | undefined;
}

export interface PortHere {
  readonly port: SerialPort;
  readonly node: NodeAccess;
}

/** @param root another machine's tree of files is always read as Linux's */
export async function serialPortsHere(
  root = SYSTEM_ROOT,
  platform: NodeJS.Platform = process.platform,
  list: () => Promise<readonly ListedPort[]> = listed,
): Promise<readonly PortHere[]> {
  if (platform === "linux" || root !== SYSTEM_ROOT)
    return listSerialPorts(root).map((port) => ({ port, node: nodeAccess(port.path, root) }));
  return (await list()).map((port) => ({
    port: portOf(port),
    node: platform === "win32" ? { path: port.path, state: "usable" } : nodeAccess(port.path, root),
  }));
}

/** None where serialport is not installed: opening a port says so. */
async function listed(): Promise<readonly ListedPort[]> {
  try {
    const { SerialPort } = await serialport();
    return await SerialPort.list();
  } catch {
    return [];
  }
}

const portOf = ({ path, manufacturer, serialNumber }: ListedPort): SerialPort => ({
  path: path.replace("/dev/tty.", "/dev/cu."), // macOS: tty.* waits for a carrier that an adapter does not raise
  usbName: manufacturer,
  usbSerial: serialNumber,
  links: [],
});
