// Builds the addon with node-gyp. Headers that came with this Node are used where they are, so that nothing is downloaded;
// only where there are none does node-gyp fetch them.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const nodeGyp = createRequire(import.meta.url).resolve("node-gyp/bin/node-gyp.js");

/** The folder with include/node of exactly this Node, if there is one. */
function nodeFolder() {
  const [major, minor, patch] = process.versions.node.split(".");
  const candidates = [dirname(dirname(process.execPath)), "/usr", "/usr/local"];
  return candidates.find((folder) => {
    const header = join(folder, "include/node/node_version.h");
    if (!existsSync(header) || !existsSync(join(folder, "include/node/common.gypi"))) return false;
    const text = readFileSync(header, "utf8");
    const is = (name, value) => new RegExp(`#define NODE_${name}_VERSION ${value}\\b`).test(text);
    return is("MAJOR", major) && is("MINOR", minor) && is("PATCH", patch);
  });
}

const folder = process.env.npm_config_nodedir ?? nodeFolder();
const options = ["--loglevel=warn", "--jobs=max", ...(folder === undefined ? [] : [`--nodedir=${folder}`])];
const { status } = spawnSync(process.execPath, [nodeGyp, "configure", "build", ...options], {
  cwd: root,
  stdio: "inherit",
});
process.exitCode = status ?? 1;
