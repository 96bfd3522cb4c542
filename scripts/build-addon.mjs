// npm run build:addon: the addon with one call of a C++ compiler, for a machine that the package has no binary for. Needs nothing but
// the compiler: CXX, else g++ or what is there.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = new URL("..", import.meta.url).pathname;

/** In the package beside the sources (copy-headers.mjs), in a clone in node_modules. */
function headerFolders() {
  const packed = join(root, "native/node-api");
  if (existsSync(packed)) return [packed];
  const { resolve } = createRequire(import.meta.url);
  return [
    dirname(resolve("node-addon-api/package.json")),
    join(dirname(resolve("node-api-headers/package.json")), "include"),
  ];
}

function compile(compiler) {
  const sources = readdirSync(join(root, "native")).filter((name) => name.endsWith(".cpp"));
  const flags = [
    "-std=c++17",
    "-O2",
    "-shared",
    "-fPIC",
    "-pthread",
    "-fno-exceptions",
    "-fvisibility=hidden",
    "-s",
  ];
  const defines = ["NAPI_VERSION=8", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS", "_FILE_OFFSET_BITS=64"];
  const folder = join(root, "build/Release");
  mkdirSync(folder, { recursive: true });
  const args = [
    ...flags,
    ...defines.map((text) => `-D${text}`),
    ...headerFolders().flatMap((path) => ["-isystem", path]),
    ...sources.map((name) => join(root, "native", name)),
    "-o",
    join(folder, "bootlace.node"),
  ];
  return spawnSync(compiler, args, { stdio: "inherit" });
}

if (process.platform !== "linux")
  throw new Error("the addon is for Linux; elsewhere bootlace works without it");
const candidates = process.env.CXX ? [process.env.CXX] : ["g++", "c++", "clang++"];
for (const compiler of candidates) {
  const { error, status } = compile(compiler);
  if (error?.code === "ENOENT") continue;
  process.exit(status ?? 1);
}
console.error(`No C++ compiler (${candidates.join(", ")}); on Debian: sudo apt-get install g++`);
process.exitCode = 1;
