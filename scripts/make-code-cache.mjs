// Runs quick commands of a built CLI in this process and keeps what V8 compiled for them:
// node scripts/make-code-cache.mjs DIST NAME
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Readable } from "node:stream";
import loader from "./program-loader.cjs";

const [dist, name] = process.argv.slice(2);
const program = new loader.Program(join(dist, "cli"), name);
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

const script = program.compile();
const { runProgram } = program.run(script, createRequire(program.file));
const target = ["--port", "sim:stm32g071"];
const firmware = new URL("../examples/blink-g071/blink-g071.hex", import.meta.url).pathname;
await runProgram(["info", ...target], io);
if (name !== "looking") {
  await runProgram(["erase", "--all", ...target], io);
  await runProgram(["write", firmware, ...target], io);
}
writeFileSync(program.cacheFile, script.createCachedData());
