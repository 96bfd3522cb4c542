/**
 * Runs test/native/children/*.ts in processes of their own, with the addon as it is built and the stand-in of stand-in.c in
 * front of the C library. A crash is then a failed test and not the end of the test run.
 *
 * For the sanitizer build `npm run test:asan` sets BOOTLACE_PREBUILD (where node-gyp-build looks) and BOOTLACE_TEST_PRELOAD.
 */
import { execFile, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
export const root = fileURLToPath(new URL("../..", import.meta.url));
/** Inside the package, so that the loader finds its root from there. */
const cache = join(root, ".cache", "test-native");

export interface ChildOptions {
  readonly args?: readonly string[];
  /** STAND_IN_<key>, in capitals. */
  readonly standIn?: Readonly<Record<string, string | number>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
  /** Without the preload library: the real system. */
  readonly bare?: boolean;
}

export interface ChildResult {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The stand-in's log, a line per call. */
  readonly log: readonly string[];
}

const hashOf = (contents: Uint8Array): string =>
  createHash("sha256").update(contents).digest("hex").slice(0, 12);

/** The file in the cache, made when it is not there. Two test files may make it at once. */
const keep = (name: string, make: (path: string) => void): string => {
  const path = join(cache, name);
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  const fresh = `${path}.${process.pid}`;
  make(fresh);
  renameSync(fresh, path);
  return path;
};

export const standInLibrary = (): string => {
  const source = join(here, "stand-in.c");
  return keep(`stand-in-${hashOf(readFileSync(source))}.so`, (path) => {
    execFileSync("cc", ["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", path, source]);
  });
};

/**
 * An addon of the first of `sources`, compiled once per version of all of them, where BOOTLACE_PREBUILD makes the loader look.
 * @returns what to set BOOTLACE_PREBUILD to
 */
export const compileCached = (
  name: string,
  sources: readonly string[],
  command: readonly string[],
): string => {
  const hash = hashOf(Buffer.concat(sources.map((source) => readFileSync(source))));
  const folder = `${name}-${hash}`;
  mkdirSync(join(cache, folder, "build", "Release"), { recursive: true });
  keep(join(folder, "build", "Release", "bootlace.node"), (path) => {
    execFileSync(command[0]!, [...command.slice(1), "-o", path, sources[0]!]);
  });
  return join(cache, folder);
};

const bundles = new Map<string, Promise<string>>();

export const bundleChild = (name: string): Promise<string> => {
  let bundle = bundles.get(name);
  if (bundle === undefined) bundles.set(name, (bundle = bundleFresh(name)));
  return bundle;
};

const bundleFresh = async (name: string): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [join(here, "children", `${name}.ts`)],
    write: false,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["node-gyp-build"],
    logLevel: "warning",
  });
  const { contents } = outputFiles[0]!;
  return keep(`${name}-${hashOf(contents)}.mjs`, (path) => writeFileSync(path, contents));
};

export const childEnvironment = (options: ChildOptions, logFile: string): NodeJS.ProcessEnv => {
  const env: NodeJS.ProcessEnv = { ...process.env, ...options.env };
  const preload = [env["BOOTLACE_TEST_PRELOAD"] ?? "", options.bare ? "" : standInLibrary()];
  const libraries = preload.filter((library) => library !== "").join(":");
  if (libraries !== "") env["LD_PRELOAD"] = libraries;
  env["STAND_IN_LOG"] = logFile;
  for (const [key, value] of Object.entries(options.standIn ?? {})) {
    env[`STAND_IN_${key.toUpperCase()}`] = String(value);
  }
  return env;
};

/** Runs a child to its end. What it prints last on stdout is its answer: see `answerOf`. */
export const runChild = async (name: string, options: ChildOptions = {}): Promise<ChildResult> => {
  const bundle = await bundleChild(name);
  const folder = mkdtempSync(join(tmpdir(), "bootlace-native-"));
  const logFile = join(folder, "log");
  try {
    const ended = await new Promise<Omit<ChildResult, "log">>((resolve) => {
      const args = [...(options.nodeArgs ?? []), bundle, ...(options.args ?? [])];
      const child = execFile(
        process.execPath,
        args,
        {
          env: childEnvironment(options, logFile),
          timeout: 60_000,
          killSignal: "SIGKILL",
          maxBuffer: 1 << 26,
        },
        (_error, stdout, stderr) =>
          resolve({ status: child.exitCode, signal: child.signalCode, stdout, stderr }),
      );
    });
    const log = existsSync(logFile) ? readFileSync(logFile, "utf8").split("\n").slice(0, -1) : [];
    return { ...ended, log };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** The JSON a child printed. A child that crashed or failed throws here, with its stderr. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names what the child is known to print
export const answerOf = <T>(result: ChildResult): T => {
  if (result.status !== 0) {
    throw new Error(
      `child ended with ${result.status ?? result.signal}:\n${result.stderr}\n${result.stdout}`,
    );
  }
  return JSON.parse(result.stdout) as T;
};

/** A child that is still running, for tests that kill it or talk to it. */
export const startChild = async (
  name: string,
  options: ChildOptions = {},
): Promise<ReturnType<typeof spawn>> => {
  const args = [...(options.nodeArgs ?? []), await bundleChild(name), ...(options.args ?? [])];
  return spawn(process.execPath, args, { env: childEnvironment(options, "/dev/null"), stdio: "pipe" });
};
