// npm run prebuilds [-- WORD...]: the addon for every target of targets.mjs (or those whose file has one of the words) into
// prebuilds/, from CMakeLists.txt through cmake-js with the zig compiler that npm carries. The first build of a target makes its C
// library too, which takes minutes; it is kept in $BOOTLACE_CACHE/zig.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ROOT, ZIG, zigEnvironment } from "./zig.mjs";
import { TARGETS } from "./targets.mjs";

const cmakeJs = createRequire(import.meta.url).resolve("cmake-js/bin/cmake-js");

function make({ file, zig, cpu = "" }) {
  const out = join(ROOT, ".cache/prebuilds", zig);
  const definitions = {
    CMAKE_TOOLCHAIN_FILE: join(ROOT, "packaging/zig.cmake"),
    ZIG,
    ZIG_TARGET: zig,
    ZIG_CPU: cpu,
  };
  const args = [cmakeJs, "build", "--log-level", "warn", "--out", out];
  for (const [name, value] of Object.entries(definitions)) args.push(`--CD${name}=${value}`);
  const { status } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    env: zigEnvironment(),
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) {
    rmSync(out, { recursive: true, force: true }); // cmake-js takes what is there for configured
    throw new Error(`the build for ${zig} ended with ${status}`);
  }
  const target = join(ROOT, "prebuilds", file);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(join(out, "Release/bootlace.node"), target);
  console.log(`prebuilds/${file}`);
}

const words = process.argv.slice(2);
const chosen = TARGETS.filter(({ file }) => words.length === 0 || words.some((word) => file.includes(word)));
if (chosen.length === 0) throw new Error(`no target has ${words.join(" or ")} in its file: see targets.mjs`);
for (const target of chosen) make(target);
