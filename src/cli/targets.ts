/** Which chips a command line means: --port, --address, --manifest and the environment. */
import { readFileSync } from "node:fs";
import { BootlaceError, hex } from "../errors.js";
import type { ConnectOptions } from "../flash/target.js";
import { formatTarget, parseTarget, type TargetAddress } from "../transport/target.js";
import { parseI2cAddress } from "./args.js";
import { parseManifest, type ManifestEntry } from "./manifest.js";
import type { TargetOptions } from "./options.js";
import type { Env } from "./style.js";

export interface ChosenTarget {
  /** What `connect` takes. */
  readonly target: string;
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
  await checkSequences(targets);
  const seen = new Set<string>();
  for (const { target } of targets) {
    if (seen.has(target)) throw usage(`${target} is given twice`);
    seen.add(target);
  }
  return targets;
}

/** A slip in a sequence is told before anything is opened. */
async function checkSequences(targets: readonly ChosenTarget[]): Promise<void> {
  for (const { options } of targets) {
    if (options.resetSequence === undefined) continue;
    const { parseResetSequence } = await import("../lines/sequence.js");
    parseResetSequence(options.resetSequence, options.lines);
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
  const target = parseTarget(entry.port);
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
  const address = parseTarget(entry.port, {
    address: entry.address === undefined ? undefined : hex(entry.address, 2),
    baud: textOf(entry.baud ?? options.baud),
    mode: entry.mode ?? options.mode,
  });
  const chip = entry.chip ?? options.chip;
  if (address.kind === "i2c" && address.address === undefined && chip === undefined) {
    throw usage(
      `${address.path} is an I2C bus: which address on it?`,
      `Give --address (7-bit, like 0x56) or --chip; \`bootlace scan --port ${address.path}\` looks for bootloaders.`,
    );
  }
  return {
    target: formatTarget(address),
    name: entry.name ?? shortName(address),
    bus: busOf(address),
    options: connectOptions(options, chip, entry.resetSequence ?? options.resetSequence),
  };
}

function connectOptions(
  options: TargetOptions,
  chip: string | undefined,
  resetSequence: string | undefined,
): ConnectOptions {
  const { flashSize, pageSize, layout, line, force, maxFrame, wait } = options;
  return {
    ...(layout !== undefined && { layout }),
    ...(line !== undefined && { lines: Object.fromEntries(line) }),
    ...(chip !== undefined && { chip }),
    ...(resetSequence !== undefined && { resetSequence }),
    ...(flashSize !== undefined && { flashSize }),
    ...(pageSize !== undefined && { pageSize }),
    ...(force !== undefined && { force }),
    ...(maxFrame !== undefined && { maxFrame }),
    ...(wait !== undefined && { waitMs: wait }),
  };
}

const busOf = (target: TargetAddress): string => (target.kind === "sim" ? formatTarget(target) : target.path);

/** "/dev/i2c-1@0x56", "/dev/ttyS1", "sim:stm32g071". */
const shortName = (target: TargetAddress): string =>
  target.kind === "sim" ? formatTarget(target) : formatTarget(target).replace(/^(i2c|serial):/, "");

const textOf = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : String(value);

const usage = (message: string, hint?: string): BootlaceError =>
  new BootlaceError("USAGE", message, hint === undefined ? {} : { hint });
