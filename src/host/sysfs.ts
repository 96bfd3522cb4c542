/** Small reads below /sys, /proc and /dev. `root` is "/" on a real system and a folder of files in tests. */
import { readdirSync, readFileSync, realpathSync, existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Folder that holds sys/, proc/ and dev/. */
export const SYSTEM_ROOT = "/";

/** @returns the text without its trailing newline, undefined where there is no such file or it may not be read */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trimEnd();
  } catch {
    return undefined;
  }
}

export function readBytes(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Names in a folder, sorted; none where there is no such folder. */
export function namesIn(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

/** Where a link ends, undefined where it leads nowhere. */
export function resolveLink(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Name of the driver that the device in this sysfs folder is bound to. */
export function driverOf(deviceFolder: string): string | undefined {
  const driver = resolveLink(join(deviceFolder, "driver"));
  return driver === undefined ? undefined : basename(driver);
}

/** The folder itself and the folders above it, up to and without the one called "devices". */
export function* upwards(folder: string): Generator<string> {
  for (let at = folder; basename(at) !== "devices" && dirname(at) !== at; at = dirname(at)) yield at;
}

export const exists = existsSync;
