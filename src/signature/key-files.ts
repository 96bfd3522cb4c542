/** Keys where an administrator puts them: one file, or a folder of *.pub and *.pem. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { cannotRead } from "../image/load.js";
import { parsePublicKey, type PublicKey } from "./public-key.js";
import { unsigned } from "./unsigned.js";

export interface Keys {
  readonly keys: readonly PublicKey[];
  /** What an administrator should know of the files. */
  readonly warnings: readonly string[];
}

const WRITABLE_BY_ALL = 0o002;

/** @throws BootlaceError FILE_FAILED, IMAGE_UNSIGNED: a folder without a key counts as a mistake, not as "nothing is required" */
export function readKeys(path: string): Keys {
  const stat = system(path, () => statSync(path));
  const warnings =
    (stat.mode & WRITABLE_BY_ALL) !== 0 ? [`${path} can be changed by every user of this machine`] : [];
  if (!stat.isDirectory()) return { keys: [readKey(path)], warnings };
  const files = system(path, () => readdirSync(path).filter((name) => /\.(pub|pem)$/.test(name))).sort();
  if (files.length === 0)
    throw unsigned(path, "no key in this folder, so no signature can be good", "Put a *.pub or *.pem there.");
  return { keys: files.map((name) => readKey(join(path, name))), warnings };
}

const readKey = (file: string): PublicKey => parsePublicKey(readFile(file), file);

/** Of a key or a signature. @throws BootlaceError FILE_FAILED */
export const readFile = (file: string): Uint8Array => system(file, () => readFileSync(file));

function system<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw cannotRead(file, cause);
  }
}
