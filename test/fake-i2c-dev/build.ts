/** Compiles the preload library when its sources are newer than the last result. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "./project-folder.js";

const SOURCES = ["preload.c", "link.c", "i2c-dev.c", "fake.h"];
/** For a preload library. */
export const SHARED = ["-std=gnu11", "-O2", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror"];

/** Folder for what tests and benchmarks compile; not part of the package. */
export function cacheFolder(): string {
  const folder = join(projectFolder(), "node_modules", ".cache", "bootlace");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * Compiles C sources into the cache, named after their content, so that processes side by side agree.
 * @returns path of the result
 * @throws Error with what the compiler printed
 */
export function compile(name: string, sources: readonly string[], flags: readonly string[]): string {
  const hash = createHash("sha256").update(flags.join(" "));
  for (const source of sources) hash.update(readFileSync(source));
  const result = join(cacheFolder(), `${name}-${hash.digest("hex").slice(0, 12)}`);
  if (existsSync(result)) return result;
  const fresh = `${result}.${process.pid}`;
  const inputs = sources.filter((source) => source.endsWith(".c"));
  execFileSync(process.env["CC"] ?? "cc", [...flags, "-o", fresh, ...inputs, "-ldl", "-lpthread"], {
    stdio: "pipe",
  });
  renameSync(fresh, result);
  return result;
}

/** @returns path of the library for LD_PRELOAD */
export function buildPreload(): string {
  const folder = join(projectFolder(), "test", "fake-i2c-dev");
  return compile(
    "fake-i2c-dev.so",
    SOURCES.map((file) => join(folder, file)),
    SHARED,
  );
}
