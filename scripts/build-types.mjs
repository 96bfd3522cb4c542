// Writes the types of the library to dist/types, and once more to dist/types/cjs for those who require() it: TypeScript takes a
// declaration for a module of the kind that the package.json above it says.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const types = join(root, "dist/types");

rmSync(types, { recursive: true, force: true });
const tsc = join(root, "node_modules/typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
if (status === 0) {
  const made = readdirSync(types);
  mkdirSync(join(types, "cjs"));
  for (const name of made) cpSync(join(types, name), join(types, "cjs", name), { recursive: true });
  writeFileSync(join(types, "cjs/package.json"), '{ "type": "commonjs" }\n');
}
process.exitCode = status ?? 1;
