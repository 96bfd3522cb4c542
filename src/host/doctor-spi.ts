/** What the doctor says of SPI devices. */
import type { SpiFacts } from "./doctor-facts.js";
import { type Finding, groupStep } from "./finding.js";

export const isSpiPath = (path: string): boolean => path.startsWith("/dev/spidev");

/** @param target what the user means to use: with one nothing is said of other devices, and of this one judgeSpiTarget speaks */
export function judgeSpiDevice({ device, node }: SpiFacts, target: string | undefined): Finding[] {
  if (target !== undefined) return [];
  const driver = device.driver ?? "driver unknown";
  if (node.state === "usable")
    return [{ level: "ok", title: device.path, detail: `SPI, ${driver}, you may use it.` }];
  return [
    {
      level: "warning",
      title: device.path,
      detail: `SPI, ${driver}: you may not read and write it; it belongs to group ${node.group ?? "unknown"}.`,
      nextStep: groupStep(node.group, "spi"),
    },
  ];
}

export function judgeSpiTarget(path: string, devices: readonly SpiFacts[]): Finding[] {
  const found = devices.find(({ device }) => device.path === path);
  if (found === undefined || found.node.state === "missing")
    return [
      {
        level: "bad",
        title: path,
        detail: "The kernel knows no such SPI device.",
        nextStep:
          "`bootlace ports` shows what is there. Switch the bus on (Raspberry Pi: `dtparam=spi=on` in config.txt), or bind spidev to a chip select in the device tree.",
      },
    ];
  const { node, holder } = found;
  if (node.state === "denied")
    return [
      { level: "bad", title: path, detail: "You may not use it.", nextStep: groupStep(node.group, "spi") },
    ];
  if (holder !== undefined)
    return [
      {
        level: "bad",
        title: path,
        detail: `In use by process ${holder.pid}${holder.command === "" ? "" : ` (${holder.command})`}.`,
        nextStep: `Wait until it has finished, or stop it: \`kill ${holder.pid}\`.`,
      },
    ];
  return [{ level: "ok", title: path, detail: "You may use it and nobody holds it." }];
}
