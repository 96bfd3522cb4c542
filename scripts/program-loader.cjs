// Part of dist/cli/main.cjs: loads NAME.cjs beside it, with V8's code cache where the build left one that fits this Node. That saves the
// time to parse it, a quarter of a quick command. From Node 22 on Node has such a cache itself (bin/bootlace.js).
"use strict";
const { readFileSync } = require("node:fs");
const { Script } = require("node:vm");

class Program {
  constructor(folder, name) {
    this.folder = folder;
    this.file = `${folder}/${name}.cjs`;
    this.cacheFile = `${folder}/${name}-${process.version}-${process.arch}.cache`;
  }

  /** The bundle is ASCII, and a function already. @param cachedData V8 checks that it fits and compiles the source otherwise */
  compile(cachedData) {
    return new Script(readFileSync(this.file, "latin1"), {
      filename: this.file,
      ...(cachedData && { cachedData }),
    });
  }

  run(script, requireBeside) {
    const program = { exports: {} };
    script.runInThisContext()(program.exports, requireBeside, program, this.file, this.folder);
    return program.exports;
  }

  readCache() {
    try {
      return readFileSync(this.cacheFile);
    } catch {
      return undefined; // another Node than the one that built it
    }
  }
}

/** @param requireBeside of a file in `folder` */
function load(folder, name, requireBeside) {
  const program = new Program(folder, name);
  return program.run(program.compile(program.readCache()), requireBeside);
}

module.exports = { Program, load };
