/** Which chips a command line means: --port, --address, --manifest and the environment. */
import { readFileSync } from "node:fs";
import { deviceByName } from "../devices/name.js";
import { BootlaceError } from "../errors.js";
import type { ConnectOptions } from "../flash/target.js";
import { linkedTo, readTarget } from "../host/open/read-target.js";
import { parseI2cAddress } from "../transport/i2c/address.js";
import { formatTarget, type TargetAddress, withDetails } from "../transport/target.js";
import { parseManifest, type ManifestEntry } from "./manifest.js";
import type { Env } from "./style.js";
import { connectOptions, type TargetOptions } from "./target-options.js";

export interface ChosenTarget {
  readonly target: TargetAddress;
  /** For people: the manifest's name, or port and address. */
  readonly name: string;
  /** Chips with the same bus take turns. */
  readonly bus: string;
  readonly options: ConnectOptions;
}

/** @throws BootlaceError USAGE before anything is opened */
export async function chooseTargets(options: TargetOptions, env: Env): Promise<ChosenTarget[]> {
  const entries =
    options.manifest === undefined ? pairUp(options, env) : readManifest(options.manifest, options);
  const targets = entries.map((entry) => chosen(entry, options));
  for (const { options } of targets) await checkWords(options);
  const seen = new Set<string>();
  for (const { target } of targets) {
    const place = formatTarget(withoutLinks(target));
    if (seen.has(place)) throw usage(`${formatTarget(target)} is given twice`);
    seen.add(place);
  }
  return targets;
}

/** A slip in a sequence or in a chip's name is told before anything is opened. */
async function checkWords({ chip, resetSequence, lines }: ConnectOptions): Promise<void> {
  if (chip !== undefined) {
    const match = await deviceByName(chip);
    if (match.kind === "unknown") throw usage(match.message, "`bootlace chips` lists the names.");
  }
  if (resetSequence !== undefined) {
    const { parseResetSequence } = await import("../lines/sequence.js");
    parseResetSequence(resetSequence, lines);
  }
}

/** For verbs that do one chip. */
export async function chooseTarget(options: TargetOptions, env: Env): Promise<ChosenTarget> {
  const targets = await chooseTargets(options, env);
  if (targets.length > 1) throw usage("this command does one target at a time");
  return targets[0]!;
}

/**
 * n ports and n addresses belong together in order; one port takes all the addresses, one address goes to all the ports.
 */
function pairUp(options: TargetOptions, env: Env): ManifestEntry[] {
  const ports = options.port ?? (env["BOOTLACE_PORT"] ? [env["BOOTLACE_PORT"]] : []);
  const addresses = options.address ?? [];
  if (ports.length === 0) {
    throw usage(
      "no target: --port is missing and BOOTLACE_PORT is not set",
      "`bootlace ports` lists what is there.",
    );
  }
  if (addresses.length === 0) return ports.map((port) => withEnvironment({ port }, options, env));
  if (ports.length === 1) return addresses.map((address) => ({ port: ports[0]!, address }));
  if (addresses.length === 1) return ports.map((port) => ({ port, address: addresses[0]! }));
  if (ports.length === addresses.length) return ports.map((port, i) => ({ port, address: addresses[i]! }));
  throw usage(
    `${ports.length} --port and ${addresses.length} --address do not pair up`,
    "Give one address for each port, in the same order, or targets like i2c:/dev/i2c-1@0x56.",
  );
}

/** BOOTLACE_ADDRESS is for an I2C bus that is named without an address; elsewhere it has no meaning and does no harm. */
function withEnvironment(entry: ManifestEntry, options: TargetOptions, env: Env): ManifestEntry {
  const text = env["BOOTLACE_ADDRESS"];
  const target = readTarget(entry.port);
  if (!text || target.kind !== "i2c" || target.address !== undefined || options.chip !== undefined)
    return entry;
  try {
    return { ...entry, address: parseI2cAddress(text) };
  } catch (error) {
    throw usage(`BOOTLACE_ADDRESS is "${text}". ${(error as Error).message}`);
  }
}

function readManifest(file: string, options: TargetOptions): ManifestEntry[] {
  if (options.port !== undefined || options.address !== undefined) {
    throw usage("--manifest names the targets: --port and --address do not go with it");
  }
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new BootlaceError("FILE_FAILED", `cannot read the manifest ${file}`, { file }, { cause });
  }
  return parseManifest(text, file);
}

function chosen(entry: ManifestEntry, options: TargetOptions): ChosenTarget {
  const target = withDetails(readTarget(entry.port), {
    address: entry.address,
    baud: entry.baud ?? options.baud,
    mode: entry.mode ?? options.mode,
  });
  const chip = entry.chip ?? options.chip;
  if (target.kind === "i2c" && target.address === undefined && chip === undefined) {
    throw usage(
      `${target.path} is an I2C bus: which address on it?`,
      `Give --address (7-bit, like 0x56) or --chip; \`bootlace scan --port ${target.path}\` looks for bootloaders.`,
    );
  }
  const resetSequence = entry.resetSequence ?? options.resetSequence;
  return {
    target,
    name: entry.name ?? shortName(target),
    bus: busOf(target),
    options: connectOptions({ ...options, chip, resetSequence }),
  };
}

function busOf(target: TargetAddress): string {
  const place = withoutLinks(target);
  return place.kind === "sim" ? formatTarget(place) : place.path;
}

/** A bus by its node and by a link to it is one bus. */
const withoutLinks = (target: TargetAddress): TargetAddress =>
  target.kind === "sim" ? target : { ...target, path: linkedTo(target.path) };

/** "/dev/i2c-1@0x56", "/dev/ttyS1", "sim:stm32g071". */
const shortName = (target: TargetAddress): string =>
  target.kind === "sim" ? formatTarget(target) : formatTarget(target).replace(/^(i2c|serial):/, "");

const usage = (message: string, hint?: string): BootlaceError =>
  new BootlaceError("USAGE", message, hint === undefined ? {} : { hint });
