#!/usr/bin/env node
import { existsSync } from "node:fs";

const cli = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(cli)) {
  const { main } = await import(cli);
  process.exitCode = await main(process.argv.slice(2), process);
} else {
  process.stderr.write("bootlace is not built yet: run `npm run build` in its folder first.\n");
  process.exitCode = 70;
}
