#!/usr/bin/env node
// CommonJS (see package.json beside it): Node starts it in a fifth less time than a module.
const { existsSync } = require("node:fs");
const { basename, join } = require("node:path");

const cli = join(__dirname, "../dist/cli/main.cjs");
if (existsSync(cli)) {
  if (Number.parseInt(process.versions.node) >= 22) require("node:module").enableCompileCache();
  const words = process.argv.slice(2);
  // Called by a link of this name it is the drop-in, see docs/stm32flash.md.
  if (basename(process.argv[1]) === "stm32flash") words.unshift("stm32flash");
  void require(cli)
    .main(words)
    .then((status) => (process.exitCode = status));
} else {
  process.stderr.write("bootlace is not built yet: run `npm run build` in its folder first.\n");
  process.exitCode = 70;
}
