/**
 * The file of targets: a manifest in JSON. schema/targets.schema.json says the same to an editor; a test holds the two together.
 *   { "defaults": { "wait": 10 }, "targets": [ { "name": "left", "port": "/dev/i2c-1", "address": "0x56", "image": "app.hex" } ] }
 */
import { BootlaceError } from "../errors.js";
import { nearestWord } from "../spelling.js";
import { type Settings, TARGET_OPTIONS } from "./target-options.js";

export interface ManifestEntry {
  readonly name: string | undefined;
  /** Firmware of this target, as the file writes it. */
  readonly image: string | undefined;
  readonly settings: Settings;
}

export interface Manifest {
  readonly file: string;
  readonly targets: readonly ManifestEntry[];
  /** For targets that say nothing else. */
  readonly defaults: Settings;
}

type Reader = (value: unknown) => unknown;

/** What a field of a target may hold. */
export const FIELDS: Readonly<Record<string, Reader>> = {
  name: (value) => textOf(value),
  image: (value) => textOf(value),
  ...Object.fromEntries(Object.entries(TARGET_OPTIONS).map(([name, row]) => [name, readerOf(row)])),
};
/** A name, a port and an address belong to one chip. */
const OF_ONE_CHIP = ["name", "image", "port", "address"];
const DEFAULT_FIELDS = Object.fromEntries(
  Object.entries(FIELDS).filter(([name]) => !OF_ONE_CHIP.includes(name)),
);

const TOP_FIELDS = ["targets", "defaults", "$schema"];

/** @throws BootlaceError USAGE that names the file and the target */
export function parseManifest(text: string, file: string): Manifest {
  try {
    return readManifest(jsonOf(text), file);
  } catch (error) {
    throw new BootlaceError("USAGE", `manifest ${file}: ${(error as Error).message}`, {
      file,
      hint: "docs/cli.md has an example, schema/targets.schema.json of the package every field.",
    });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`not JSON: ${(error as Error).message}`);
  }
}

function readManifest(content: unknown, file: string): Manifest {
  if (!isObject(content) || !Array.isArray(content["targets"]) || content["targets"].length === 0)
    throw new Error('an object with a list "targets" of at least one target is expected');
  const { targets, defaults = {} } = content;
  const stranger = Object.keys(content).find((key) => !TOP_FIELDS.includes(key));
  if (stranger !== undefined) throw unknown(stranger, TOP_FIELDS);
  return {
    file,
    targets: (targets as unknown[]).map((entry, i) => inside(`target ${i + 1}`, () => readEntry(entry))),
    defaults: inside("defaults", () => readFields(defaults, DEFAULT_FIELDS)),
  };
}

function readEntry(entry: unknown): ManifestEntry {
  const { name, image, ...settings } = readFields(entry, FIELDS) as Settings &
    Record<"name" | "image", string>;
  if (settings.port === undefined) throw new Error('"port" is missing');
  return { name, image, settings };
}

function readFields(fields: unknown, readers: Readonly<Record<string, Reader>>): Record<string, unknown> {
  if (!isObject(fields)) throw new Error("an object is expected");
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => {
      const read = Object.hasOwn(readers, key) ? readers[key] : undefined;
      if (read === undefined) throw unknown(key, Object.keys(readers));
      return [key, inside(`"${key}"`, () => read(value))];
    }),
  );
}

function readerOf(row: (typeof TARGET_OPTIONS)[keyof typeof TARGET_OPTIONS]): Reader {
  if (!("parse" in row))
    return (value) => {
      if (typeof value !== "boolean") throw new Error("must be true or false");
      return value;
    };
  const parse: (text: string) => unknown = row.parse;
  if ("repeats" in row && row.repeats === "always")
    return (value) => {
      if (!Array.isArray(value)) throw new Error('must be a list, like ["boot0=GPIO17"]');
      return value.map((one) => parse(textOf(one)));
    };
  const numeric = "numeric" in row;
  return (value) => parse(numeric && typeof value === "number" ? String(value) : textOf(value));
}

function textOf(value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new Error("must be text in quotes");
}

function inside<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`);
  }
}

function unknown(key: string, known: readonly string[]): Error {
  const meant = nearestWord(key, known);
  const what = meant === undefined ? `there are ${known.join(", ")}` : `did you mean "${meant}"?`;
  return new Error(`unknown field "${key}"; ${what}`);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
