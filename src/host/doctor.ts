/**
 * Why bootlace would or would not work on this machine: facts in, findings out, nothing asked of the system here.
 * Ready means: what the user named can be used, or, when nothing was named, at least one bus or port can.
 */
import { ERRORS, hex } from "../errors.js";
import { judgeAdapter } from "./doctor-adapter.js";
import type { HostFacts, SerialFacts, TargetFacts } from "./doctor-facts.js";
import { isSpiPath, judgeSpiDevice, judgeSpiTarget } from "./doctor-spi.js";
import { type Finding, groupStep } from "./finding.js";

export interface Diagnosis {
  readonly ready: boolean;
  /** Where nothing was named: what it is ready for. */
  readonly readyFor?: { readonly i2c: boolean; readonly serial: boolean };
  readonly findings: readonly Finding[];
}

export function diagnose(facts: HostFacts): Diagnosis {
  const general = [...judgeSystem(facts), ...judgeModule(facts)];
  const adapters = facts.adapters.map((adapter) => judgeAdapter(adapter, facts.user.uid));
  const target = facts.target === undefined ? undefined : judgeTarget(facts.target, facts);
  const isSerial = facts.target !== undefined && !facts.target.path.includes("i2c-");
  const findings = [
    ...general,
    ...adapters.flat(),
    ...facts.serialPorts.flatMap((serial) => judgeSerialPort(serial, facts.target)),
    ...facts.spiDevices.flatMap((spi) => judgeSpiDevice(spi, facts.target?.path)),
    ...judgeGpio(facts),
    ...(target ?? []),
  ];
  if (facts.target !== undefined && !isSerial) return { ready: isFine(findings), findings };
  if (facts.target !== undefined) return { ready: isFine(target ?? []), findings };
  const i2c = isFine(general) && adapters.some(isFine);
  const serial = facts.serialPorts.some(({ node }) => node.state === "usable");
  const spi = facts.spiDevices.some(({ node }) => node.state === "usable");
  return { ready: i2c || serial || spi, readyFor: { i2c, serial }, findings };
}

const isFine = (findings: readonly Finding[]): boolean => findings.every(({ level }) => level !== "bad");

function judgeSystem(facts: HostFacts): Finding[] {
  if (facts.platform !== "linux")
    return [
      {
        level: facts.serialPorts.length === 0 ? "bad" : "note",
        title: "operating system",
        detail: `I2C needs Linux; this is ${facts.platform}.`,
        nextStep: "Use a serial port, or run bootlace on the Linux board that the chip is wired to.",
      },
    ];
  if (facts.addonError !== undefined)
    return [
      {
        level: "bad",
        title: "native addon",
        detail: `It cannot be loaded: ${facts.addonError}.`,
        nextStep: ERRORS.ADDON_MISSING.hint,
      },
    ];
  return [{ level: "ok", title: "native addon", detail: "It is built for this machine and loads." }];
}

function judgeModule({ platform, i2cDevLoaded, adapters }: HostFacts): Finding[] {
  if (platform !== "linux") return [];
  if (!i2cDevLoaded && adapters.every(({ node }) => node.state === "missing"))
    return [
      {
        level: "bad",
        title: "module i2c-dev",
        detail: "It is not loaded, so there are no /dev/i2c-N.",
        nextStep:
          "`sudo modprobe i2c-dev`; for every boot: `echo i2c-dev | sudo tee /etc/modules-load.d/i2c.conf`.",
      },
    ];
  const found = {
    level: "ok",
    title: "module i2c-dev",
    detail: "Loaded, or built into the kernel.",
  } as const;
  if (adapters.length > 0) return [found];
  return [
    found,
    {
      level: "bad",
      title: "I2C buses",
      detail: "The kernel knows no such bus.",
      nextStep:
        "Switch the bus on in the device tree (Raspberry Pi: `dtparam=i2c_arm=on` in config.txt), or plug in a USB adapter.",
    },
  ];
}

function judgeSerialPort({ port, node }: SerialFacts, target: TargetFacts | undefined): Finding[] {
  if (target !== undefined && target.path !== port.path && !port.links.includes(target.path)) return [];
  const title = port.path;
  if (node.state === "denied")
    return [
      {
        level: "warning",
        title,
        detail: `You may not read and write it; it belongs to group ${node.group ?? "unknown"}.`,
        nextStep: groupStep(node.group, "dialout"),
      },
    ];
  const name = [port.driver ?? "driver unknown", port.usbName]
    .filter((text) => text !== undefined)
    .join(", ");
  if (port.noParity === true)
    return [
      {
        level: "warning",
        title,
        detail:
          "This is the mini-UART of the Raspberry Pi: it has no parity bit, and the bootloader wants 8E1.",
        nextStep:
          "Put the full UART onto the pins with `dtoverlay=disable-bt` (or miniuart-bt) in config.txt.",
      },
    ];
  return [{ level: "ok", title, detail: `${name}, you may use it.` }];
}

function judgeGpio({ gpioChips }: HostFacts): Finding[] {
  return gpioChips.map(({ node, label, lines }) => {
    if (node.state === "denied")
      return {
        level: "warning",
        title: node.path,
        detail: "You may not use its lines (needed for BOOT0 and NRST only).",
        nextStep: groupStep(node.group, "gpio"),
      };
    const named = lines
      .filter(({ name }) => name !== "")
      .map(
        ({ name, offset, used, consumer }) =>
          `${name} (${offset}${used ? `, used by ${consumer || "the kernel"}` : ""})`,
      );
    const list = named.length === 0 ? "none has a name" : named.join(", ");
    return {
      level: "note",
      title: node.path,
      detail: `${label ?? "unknown"}, ${lines.length} lines: ${list}.`,
    };
  });
}

function judgeTarget(target: TargetFacts, { adapters, serialPorts, spiDevices }: HostFacts): Finding[] {
  if (isSpiPath(target.path)) return judgeSpiTarget(target.path, spiDevices);
  const findings: Finding[] = [];
  const isBus = target.path.includes("i2c-");
  const port = serialPorts.find(({ port }) => port.path === target.path || port.links.includes(target.path));
  if (isBus ? adapters.length === 0 : port === undefined)
    findings.push({
      level: "bad",
      title: target.path,
      detail: "The kernel knows no such bus or port.",
      nextStep: "`bootlace ports` shows what is there.",
    });
  if (!isBus && port?.node.state === "denied")
    findings.push({
      level: "bad",
      title: target.path,
      detail: "You may not use it.",
      nextStep: groupStep(port.node.group, "dialout"),
    });
  if (target.address === undefined) return findings;
  return [...findings, ...judgeAddress(target, target.address)];
}

function judgeAddress({ path, owner, holder }: TargetFacts, address: number): Finding[] {
  const title = `${path} address ${hex(address, 2)}`;
  const findings: Finding[] = [];
  if (owner !== undefined)
    findings.push({
      level: "bad",
      title,
      detail: `The kernel driver ${owner.driver} owns it${owner.deviceName === undefined ? "" : ` (${owner.deviceName})`}.`,
      nextStep: `\`${owner.unbindCommand}\` as root, or pass --force if you know that it is idle.`,
    });
  if (holder !== undefined)
    findings.push({
      level: "bad",
      title,
      detail: `In use by process ${holder.pid}${holder.command === "" ? "" : ` (${holder.command})`}.`,
      nextStep: `Wait until it has finished, or stop it: \`kill ${holder.pid}\`.`,
    });
  if (findings.length === 0)
    findings.push({ level: "ok", title, detail: "No kernel driver owns it and nobody holds it." });
  return findings;
}
