// Runs quick commands of a built CLI in this process and keeps what V8 compiled for them:
// node scripts/make-code-cache.mjs DIST
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Readable } from "node:stream";

const dist = process.argv[2];
const { compile, run, cacheFile } = createRequire(import.meta.url)(join(dist, "cli/load.cjs"));
const silent = { write: () => true };
const io = {
  stdin: Readable.from([]),
  stdout: silent,
  stderr: silent,
  env: {},
  on: () => undefined,
  off: () => undefined,
  exit: () => undefined,
};

const script = compile();
const { runProgram } = run(script);
for (const command of [
  ["info", "--port", "sim:stm32g071"],
  ["erase", "--all", "--port", "sim:stm32g071"],
  [
    "write",
    new URL("../examples/blink-g071/blink-g071.hex", import.meta.url).pathname,
    "--port",
    "sim:stm32g071",
  ],
]) {
  await runProgram(command, io);
}
writeFileSync(cacheFile, script.createCachedData());
