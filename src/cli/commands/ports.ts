/** `bootlace ports`: I2C buses and serial ports of this machine. */
import { type Command, Option } from "commander";
import type { I2cBusPort, Ports, SerialPortPort } from "../../host/ports.js";
import type { Context } from "../context.js";
import { document } from "../json.js";
import { addExamples, jsonOption } from "../options.js";
import { table } from "../text.js";
import type { Act } from "../verb.js";

interface PortsCommandOptions {
  readonly json?: boolean;
  readonly root?: string;
}

export function define(command: Command, act: Act): void {
  command
    .addOption(jsonOption())
    .addOption(new Option("--root <folder>", "look below this folder instead of /").hideHelp());
  addExamples(command, "bootlace ports", "bootlace ports --json");
  command.action(act(run));
}

async function run({ io }: Context, { json, root }: PortsCommandOptions): Promise<number> {
  const { ports } = await import("../../host/ports.js");
  const found = await ports({ root });
  io.stdout.write(json === true ? await portsJson(found) : await portsText(found));
  return 0;
}

async function portsJson({ i2c, serial, spi }: Ports): Promise<string> {
  const { functionalityRecord } = await import("../../host/functionality.js");
  const buses = i2c.map(({ functionality, ...bus }) => ({
    ...bus,
    functionality: functionality === undefined ? undefined : functionalityRecord(functionality),
  }));
  return document("ports", { i2c: buses, serial, spi });
}

async function portsText({ i2c: buses, serial: ports, spi }: Ports): Promise<string> {
  const { shortFunctionality } = await import("../../host/functionality.js");
  const busRows = buses.map((bus) => [
    bus.path,
    canDo(bus, shortFunctionality),
    bus.clockHz === undefined ? "" : `${bus.clockHz / 1000} kHz`,
    bus.driver ?? "",
    bus.name ?? "",
  ]);
  const portRows = ports.map((port) => [
    port.path,
    limitsOf(port),
    port.driver ?? "",
    port.usbName ?? port.links[0] ?? "",
  ]);
  const i2cHead = ["I2C BUS", "CAN DO", "CLOCK", "DRIVER", "ADAPTER"];
  const serialHead = ["SERIAL PORT", "LIMITS", "DRIVER", "DEVICE"];
  const i2cTable = busRows.length === 0 ? `${noBuses}\n` : table([i2cHead, ...busRows]);
  const serialTable = portRows.length === 0 ? "No serial ports.\n" : table([serialHead, ...portRows]);
  return `${i2cTable}\n${serialTable}${spiTable(spi)}${nodesMissing(buses)}`;
}

/** Most machines have none, and need none. */
function spiTable(devices: Ports["spi"]): string {
  if (devices.length === 0) return "";
  const rows = devices.map(({ path, access, driver }) => [
    path,
    access === "usable" ? "" : NO_NODE[access],
    driver ?? "",
  ]);
  return `\n${table([["SPI DEVICE", "LIMITS", "CONTROLLER"], ...rows])}`;
}

const NO_NODE = { missing: "no device node", denied: "no access" } as const;

function canDo({ access, functionality }: I2cBusPort, words: (mask: number) => string): string {
  if (access !== "usable") return NO_NODE[access];
  return functionality === undefined ? "does not tell" : words(functionality);
}

function limitsOf({ access, noParity }: SerialPortPort): string {
  if (access !== "usable") return NO_NODE[access];
  return noParity === true ? "no parity bit" : "";
}

const noBuses = "No I2C buses. `bootlace doctor` says why.";

function nodesMissing(buses: readonly I2cBusPort[]): string {
  const missing = buses.some(({ hasNode }) => !hasNode);
  return !missing ? "" : "\nWhere there is no device node, `sudo modprobe i2c-dev` makes one.\n";
}
