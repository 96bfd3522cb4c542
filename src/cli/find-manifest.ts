/** The file of targets: named by --manifest, else the first that is there of ./bootlace.json and /etc/bootlace/targets.json. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { BootlaceError } from "../errors.js";
import { type Manifest, type ManifestEntry, parseManifest } from "./manifest.js";
import { usage } from "./place.js";

export const MANIFEST_PLACES = ["bootlace.json", "/etc/bootlace/targets.json"] as const;

export const foundManifest = (places: readonly string[]): string | undefined => places.find(existsSync);

/** @throws BootlaceError USAGE, FILE_FAILED */
export function loadManifest(file: string): Manifest {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new BootlaceError("FILE_FAILED", `cannot read the manifest ${file}`, { file }, { cause });
  }
  return parseManifest(text, file);
}

/** Images stand beside the file that names them. */
export const imageOf = ({ file }: Manifest, { image }: ManifestEntry): string | undefined =>
  image === undefined ? undefined : resolve(dirname(file), image);

/** @throws BootlaceError USAGE for a name that the file does not have, or has twice */
export function pickTargets({ file, targets }: Manifest, names: readonly string[]): ManifestEntry[] {
  return names.map((name) => {
    const [entry, ...more] = targets.filter((target) => target.name === name);
    if (entry === undefined) throw usage(`${file} has no target "${name}"`, `It has ${namesIn(targets)}.`);
    if (more.length > 0)
      throw usage(`${file} has "${name}" more than once`, "Give each target a name of its own.");
    return entry;
  });
}

export function namesIn(targets: readonly ManifestEntry[]): string {
  const names = targets.flatMap(({ name }) => (name === undefined ? [] : [name]));
  return names.length === 0 ? "no target with a name" : names.join(", ");
}
