// npm run demo: writes the example firmware into a simulated chip, with its bus at the speed of a real one.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const firmware = "examples/blink-g071/blink-g071.hex";
const folder = mkdtempSync(join(tmpdir(), "bootlace-demo-"));
const port = `sim:stm32g071?file=${join(folder, "chip.bin")}&realtime=400000`;

function show(...args) {
  console.error(`\n$ bootlace ${args.map((arg) => (arg === port ? "sim:stm32g071" : arg)).join(" ")}`);
  const { status } = spawnSync(process.execPath, ["bin/bootlace.js", ...args.map((arg) => arg)], {
    cwd: root,
    stdio: "inherit",
  });
  return status ?? 1;
}

function build() {
  if (existsSync(join(root, "dist/cli/main.cjs"))) return 0;
  return spawnSync("npm", ["run", "build"], { cwd: root, stdio: "inherit" }).status ?? 1;
}

try {
  process.exitCode =
    build() ||
    show("info", "--port", port) ||
    show("write", firmware, "--port", port) ||
    show("write", firmware, "--port", port, "--go");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
