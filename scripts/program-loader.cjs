// Becomes dist/cli/load.cjs: loads program.cjs, with V8's code cache where the build left one that fits this Node. That saves
// the time to parse it, a quarter of a quick command. From Node 22 on Node has such a cache itself (bin/bootlace.js).
"use strict";
const { readFileSync } = require("node:fs");
const { Script } = require("node:vm");

const file = `${__dirname}/program.cjs`;
const cacheFile = `${__dirname}/program-${process.version}-${process.arch}.cache`;

/** The bundle is ASCII, and a function already. @param cachedData V8 checks that it fits and compiles the source otherwise */
const compile = (cachedData) =>
  new Script(readFileSync(file, "latin1"), { filename: file, ...(cachedData && { cachedData }) });

function run(script) {
  const program = { exports: {} };
  script.runInThisContext()(program.exports, require, program, file, __dirname);
  return program.exports;
}

function readCache() {
  try {
    return readFileSync(cacheFile);
  } catch {
    return undefined; // another Node than the one that built it
  }
}

if (process.argv[1]?.endsWith("make-code-cache.mjs")) module.exports = { compile, run, cacheFile };
else module.exports = run(compile(readCache()));
