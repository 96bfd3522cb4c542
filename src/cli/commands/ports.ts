/** `bootlace ports`: I2C buses and serial ports of this machine. */
import { type Command, Option } from "commander";
import type { I2cAdapter } from "../../host/adapters.js";
import type { SerialPort } from "../../host/serial-ports.js";
import type { Context } from "../context.js";
import { document } from "../json.js";
import { addExamples } from "../options.js";
import { table } from "../text.js";
import type { Act } from "../verb.js";

interface PortsOptions {
  readonly json?: boolean;
  readonly root?: string;
}

export function define(command: Command, act: Act): void {
  command
    .option("--json", "one JSON document on stdout")
    .addOption(new Option("--root <folder>", "look below this folder instead of /").hideHelp());
  addExamples(command, "bootlace ports", "bootlace ports --json");
  command.action(act(run));
}

interface Bus extends I2cAdapter {
  /** Undefined when the node could not be opened. */
  readonly functionality?: number | undefined;
}

async function run({ io }: Context, { json, root }: PortsOptions): Promise<number> {
  const { listAdapters } = await import("../../host/adapters.js");
  const { listSerialPorts } = await import("../../host/serial-ports.js");
  const adapters = listAdapters(root);
  // Another folder than / describes another machine: its buses cannot be opened here.
  const buses: Bus[] = root === undefined ? await Promise.all(adapters.map(withFunctionality)) : adapters;
  const ports = listSerialPorts(root);
  io.stdout.write(json === true ? await portsJson(buses, ports) : await portsText(buses, ports));
  return 0;
}

async function withFunctionality(adapter: I2cAdapter): Promise<Bus> {
  if (!adapter.hasNode) return adapter;
  const { functionalityOf } = await import("../../host/doctor-facts.js");
  const { binding } = await import("../../native/binding.js");
  const functionality = await functionalityOf(adapter.path, binding());
  return { ...adapter, functionality };
}

async function portsJson(buses: readonly Bus[], ports: readonly SerialPort[]): Promise<string> {
  const { functionalityRecord } = await import("../../host/functionality.js");
  const i2c = buses.map(({ functionality, ...bus }) => ({
    ...bus,
    functionality: functionality === undefined ? undefined : functionalityRecord(functionality),
  }));
  return document("ports", { i2c, serial: ports });
}

async function portsText(buses: readonly Bus[], ports: readonly SerialPort[]): Promise<string> {
  const { shortFunctionality } = await import("../../host/functionality.js");
  const busRows = buses.map((bus) => [
    bus.path,
    bus.hasNode
      ? bus.functionality === undefined
        ? "no access"
        : shortFunctionality(bus.functionality)
      : "no device node",
    bus.clockHz === undefined ? "" : `${bus.clockHz / 1000} kHz`,
    bus.driver ?? "",
    bus.name ?? "",
  ]);
  const portRows = ports.map((port) => [
    port.path,
    port.noParity === true ? "no parity bit" : "",
    port.driver ?? "",
    port.usbName ?? port.links[0] ?? "",
  ]);
  const i2cHead = ["I2C BUS", "CAN DO", "CLOCK", "DRIVER", "ADAPTER"];
  const serialHead = ["SERIAL PORT", "LIMITS", "DRIVER", "DEVICE"];
  const i2c = busRows.length === 0 ? `${noBuses}\n` : table([i2cHead, ...busRows]);
  const serial = portRows.length === 0 ? "No serial ports.\n" : table([serialHead, ...portRows]);
  return `${i2c}\n${serial}${nodesMissing(buses)}`;
}

const noBuses = "No I2C buses. `bootlace doctor` says why.";

function nodesMissing(buses: readonly Bus[]): string {
  const missing = buses.some(({ hasNode }) => !hasNode);
  return !missing ? "" : "\nWhere there is no device node, `sudo modprobe i2c-dev` makes one.\n";
}
