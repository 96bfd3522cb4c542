/** Which chips a command line means: --port and --address, --target and --manifest, the environment, the file of targets. */
import { deviceByName } from "../devices/name.js";
import { BootlaceError } from "../errors.js";
import type { ConnectOptions } from "../flash/target.js";
import { linkedTo } from "../host/open/read-target.js";
import { refuseUnused, withoutUnused } from "../host/open/unused-options.js";
import { formatTarget, type TargetAddress } from "../transport/target.js";
import { readEnvironment, type Environment } from "./environment.js";
import {
  foundManifest,
  imageOf,
  loadManifest,
  MANIFEST_PLACES,
  namesIn,
  pickTargets,
} from "./find-manifest.js";
import { type Layer, placeOf, settingsOf, usage } from "./place.js";
import type { Env } from "./style.js";
import { connectOptions, type Settings, type TargetOptions } from "./target-options.js";

export interface ChosenTarget {
  readonly target: TargetAddress;
  /** For people: the file's name, or port and address. */
  readonly name: string;
  /** Chips with the same bus take turns. */
  readonly bus: string;
  readonly options: ConnectOptions;
  /** The firmware that the file of targets gives it. */
  readonly image: string | undefined;
}

/** One chip before it is known what it is: the strongest source first. */
interface Candidate {
  readonly layers: readonly Layer[];
  readonly name?: string | undefined;
  readonly image?: string | undefined;
}

/** @throws BootlaceError USAGE before anything is opened */
export async function chooseTargets(
  options: TargetOptions,
  env: Env,
  files: readonly string[] = MANIFEST_PLACES,
): Promise<ChosenTarget[]> {
  const targets = candidates(options, readEnvironment(env), files).map(chosen);
  for (const { options } of targets) await checkWords(options);
  const seen = new Set<string>();
  for (const { target } of targets) {
    const place = formatTarget(withoutLinks(target));
    if (seen.has(place)) throw usage(`${formatTarget(target)} is given twice`);
    seen.add(place);
  }
  return targets;
}

/** For verbs that do one chip. */
export async function chooseTarget(options: TargetOptions, env: Env): Promise<ChosenTarget> {
  return theOne(await chooseTargets(options, env));
}

/** For verbs that look at a bus or a port, with or without a chip on it; undefined where none is named. */
export function choosePlace(options: TargetOptions, env: Env): TargetAddress | undefined {
  const environment = readEnvironment(env);
  const { port, target, manifest } = options;
  if (!(port ?? target ?? manifest ?? environment.settings.port ?? environment.target)) {
    if (options.address === undefined) return undefined;
    throw usage("--address has no meaning without a --port that it is on");
  }
  return placeOf(theOne(candidates(options, environment, MANIFEST_PLACES)).layers);
}

function theOne<T extends { readonly name?: string | undefined }>(found: readonly T[]): T {
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  const names = found.flatMap(({ name }) => (name === undefined ? [] : [name]));
  throw usage("this command does one target at a time", `Name one of ${names.join(", ")}.`);
}

function candidates(options: TargetOptions, environment: Environment, files: readonly string[]): Candidate[] {
  const { port, manifest } = options;
  // A port on the command line is a target of its own: the environment's does not go with it.
  const names =
    options.target ?? (port === undefined && environment.target ? [environment.target] : undefined);
  if (names !== undefined || manifest !== undefined) return fromFile(options, environment, names, files);
  return pairUp(options, environment, files);
}

/** @param names undefined: all of the file */
function fromFile(
  options: TargetOptions,
  environment: Environment,
  names: readonly string[] | undefined,
  files: readonly string[],
): Candidate[] {
  const file = options.manifest ?? environment.manifest ?? foundManifest(files);
  if (file === undefined)
    throw usage(
      `--target needs a file of targets: there is no ${files.join(" and no ")}`,
      "Name it with --manifest.",
    );
  const manifest = loadManifest(file);
  const entries = names === undefined ? manifest.targets : pickTargets(manifest, names);
  const single = names?.length === 1;
  const { port, address, ...common } = options;
  if (!single && (port ?? address) !== undefined)
    throw usage("--manifest names the targets: --port and --address do not go with it");
  if ((port?.length ?? 0) > 1 || (address?.length ?? 0) > 1)
    throw usage("--target is one chip: --port and --address are given once with it");
  const forAll = { ...environment.settings, port: undefined, address: undefined };
  return entries.map((entry) => ({
    name: entry.name,
    image: imageOf(manifest, entry),
    layers: [
      strict({ ...common, port: port?.[0], address: address?.[0] }),
      lenient(single ? environment.settings : forAll),
      strict(entry.settings),
      lenient(manifest.defaults),
    ],
  }));
}

/** n ports and n addresses belong together in order; one port takes all the addresses, one address goes to all the ports. */
function pairUp(options: TargetOptions, environment: Environment, files: readonly string[]): Candidate[] {
  const { port, address: addresses = [], ...common } = options;
  if (port === undefined && environment.settings.port === undefined) throw noTarget(files);
  const ports = port ?? [undefined];
  const one = (port: string | undefined, address?: number): Candidate => ({
    layers: [strict({ ...common, port, address }), lenient(withoutAddress(environment.settings, common))],
  });
  if (addresses.length === 0) return ports.map((port) => one(port));
  if (ports.length === 1) return addresses.map((address) => one(ports[0], address));
  if (addresses.length === 1) return ports.map((port) => one(port, addresses[0]));
  if (ports.length === addresses.length) return ports.map((port, i) => one(port, addresses[i]));
  throw usage(
    `${ports.length} --port and ${addresses.length} --address do not pair up`,
    "Give one address for each port, in the same order, or targets like i2c:/dev/i2c-1@0x56.",
  );
}

/** A chip that is named on the command line says its address: BOOTLACE_ADDRESS is of another one. */
const withoutAddress = (settings: Settings, { chip }: Settings): Settings =>
  chip === undefined ? settings : { ...settings, address: undefined };

function noTarget(files: readonly string[]): BootlaceError {
  const file = foundManifest(files);
  const known =
    file === undefined ? "" : `${file} has ${namesIn(loadManifest(file).targets)}: take one with --target. `;
  return usage(
    "no target: --port is missing and BOOTLACE_PORT is not set",
    `${known}\`bootlace ports\` lists what is there.`,
  );
}

const strict = (settings: Settings): Layer => ({ settings, strict: true });
const lenient = (settings: Settings): Layer => ({ settings, strict: false });

function chosen({ layers, name, image }: Candidate): ChosenTarget {
  const target = placeOf(layers);
  const settings = settingsOf(layers);
  if (target.kind === "i2c" && target.address === undefined && settings.chip === undefined) {
    throw usage(
      `${target.path} is an I2C bus: which address on it?`,
      `Give --address (7-bit, like 0x56) or --chip; \`bootlace scan --port ${target.path}\` looks for bootloaders.`,
    );
  }
  const typed = layers[0]!.settings; // what stands in a file or in the environment is for other commands too
  refuseUnused(target, connectOptions({ ...typed, resetSequence: settings.resetSequence }));
  return {
    target,
    name: name ?? shortName(target),
    bus: busOf(target),
    options: withoutUnused(target, connectOptions(settings)),
    image,
  };
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

function busOf(target: TargetAddress): string {
  const place = withoutLinks(target);
  return place.kind === "sim" ? formatTarget(place) : place.path;
}

/** A bus by its node and by a link to it is one bus. */
const withoutLinks = (target: TargetAddress): TargetAddress =>
  target.kind === "sim" ? target : { ...target, path: linkedTo(target.path) };

/** "/dev/i2c-1@0x56", "/dev/ttyS1", "sim:stm32g071". */
const shortName = (target: TargetAddress): string =>
  target.kind === "sim" ? formatTarget(target) : formatTarget(target).replace(/^(i2c|serial|spi):/, "");
