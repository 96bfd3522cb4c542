// Puts the built addon where node-gyp-build finds it in an installed package: prebuilds/<platform>-<arch>/, so that whoever
// installs the package needs no compiler and runs no install script.
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const root = process.argv[2] ?? new URL("..", import.meta.url).pathname;

/** bootlace[.armvN][.glibc|.musl].node: Node-API, so one file serves every Node. */
function fileName() {
  const { header } = process.report.getReport();
  const libc = header.glibcVersionRuntime === undefined ? "musl" : "glibc";
  const armVersion = process.config.variables.arm_version;
  const tags = [
    ...(process.arch === "arm" && armVersion ? [`armv${armVersion}`] : []),
    ...(process.platform === "linux" ? [libc] : []),
  ];
  return ["bootlace", ...tags, "node"].join(".");
}

const folder = join(root, "prebuilds", `${process.platform}-${process.arch}`);
mkdirSync(folder, { recursive: true });
const target = join(folder, fileName());
copyFileSync(new URL("../build/Release/bootlace.node", import.meta.url), target);
console.log(target);
