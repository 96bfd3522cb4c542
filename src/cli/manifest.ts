/**
 * A manifest: a JSON file with the targets of one job.
 *   { "targets": [ { "name": "left", "port": "/dev/i2c-1", "address": "0x56" }, { "port": "/dev/ttyS1", "baud": 57600 } ] }
 */
import { BootlaceError } from "../errors.js";
import { parseI2cAddress } from "../transport/i2c/address.js";
import { parseBaud, parseMode } from "../transport/target.js";

export interface ManifestEntry {
  readonly name?: string | undefined;
  readonly port: string;
  readonly address?: number | undefined;
  readonly baud?: number | undefined;
  readonly mode?: string | undefined;
  readonly chip?: string | undefined;
  readonly resetSequence?: string | undefined;
}

type Reader = (text: string) => string | number;

const asIs: Reader = (text) => text;
const FIELDS: Readonly<Record<string, Reader>> = {
  name: asIs,
  port: asIs,
  address: parseI2cAddress,
  baud: parseBaud,
  mode: parseMode,
  chip: asIs,
  resetSequence: asIs,
};

/** @throws BootlaceError USAGE that names the file and the target */
export function parseManifest(text: string, file: string): ManifestEntry[] {
  const refuse = (what: string): BootlaceError =>
    new BootlaceError("USAGE", `manifest ${file}: ${what}`, { file });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw refuse(`not JSON: ${(error as Error).message}`);
  }
  const targets = (content as { targets?: unknown } | null)?.targets;
  if (!Array.isArray(targets) || targets.length === 0) {
    throw refuse('an object with a list "targets" of at least one target is expected');
  }
  return targets.map((entry: unknown, i) => {
    try {
      return readEntry(entry);
    } catch (error) {
      throw refuse(`target ${i + 1}: ${(error as Error).message}`);
    }
  });
}

function readEntry(entry: unknown): ManifestEntry {
  if (typeof entry !== "object" || entry === null) throw new Error("an object is expected");
  const fields = Object.entries(entry).map(([key, value]) => {
    const read = FIELDS[key];
    if (read === undefined)
      throw new Error(`unknown field "${key}"; there are ${Object.keys(FIELDS).join(", ")}`);
    if (typeof value !== "string" && !(key === "baud" && typeof value === "number")) {
      throw new Error(`"${key}" must be text${key === "address" ? ', like "0x56"' : ""}`);
    }
    return [key, read(String(value))] as const;
  });
  const read = Object.fromEntries(fields) as unknown as ManifestEntry;
  if ((read.port as string | undefined) === undefined) throw new Error('"port" is missing');
  return read;
}
