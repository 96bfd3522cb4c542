// Development builds of the addon with cmake-js, out of tree: node scripts/native-tools.mjs asan | other-system | lint
import { spawn, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const cmakeJs = createRequire(import.meta.url).resolve("cmake-js/bin/cmake-js");

/** node-gyp-build looks for build/Release under the folder that BOOTLACE_PREBUILD names. */
const buildFolder = (name) => join(root, ".cache", "cmake", name, "build");

function cmake(command, name, ...definitions) {
  const args = [cmakeJs, command, "--out", buildFolder(name), ...definitions.map((text) => `--CD${text}`)];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`cmake-js ${command} ended with ${status}`);
}

function tidy(file) {
  const args = ["--quiet", "-p", buildFolder("lint"), join(root, "native", file)];
  return new Promise((resolve, reject) => {
    const child = spawn("clang-tidy", args, { stdio: ["ignore", "pipe", "ignore"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.once("error", () => reject(new Error("clang-tidy is not installed (package clang-tidy)")));
    child.once("close", (status) => resolve({ file, status, output }));
  });
}

async function lint() {
  cmake("configure", "lint");
  const files = readdirSync(join(root, "native")).filter((name) => name.endsWith(".cpp"));
  let failed = 0;
  const work = async () => {
    for (let file = files.pop(); file !== undefined; file = files.pop()) {
      const { status, output } = await tidy(file);
      if (status !== 0) console.log(`${file}:\n${output}`);
      failed += status === 0 ? 0 : 1;
    }
  };
  const all = files.length;
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  console.log(`clang-tidy: ${all - failed} of ${all} files are clean`);
  return failed === 0 ? 0 : 1;
}

const commands = {
  asan: () => cmake("compile", "asan", "BOOTLACE_SANITIZE=ON"),
  "other-system": () => cmake("compile", "other-system", "BOOTLACE_OTHER_SYSTEM=ON"),
  lint,
};
const command = commands[process.argv[2]];
if (command === undefined) throw new Error(`usage: native-tools.mjs ${Object.keys(commands).join(" | ")}`);
process.exitCode = (await command()) ?? 0;
