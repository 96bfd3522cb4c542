// Bundles src/ into dist/. The library (dist/index.js) is ESM in chunks, so that a program loads what it uses. The command
// (dist/cli/) is CommonJS in two files: Node starts it in a third less time than ESM, and in half the time of ESM in chunks.
// Built beside dist/ and moved there at the end: a command that runs meanwhile finds the old one or the new one.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const { dependencies, version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
const dist = join(root, "dist");
const fresh = join(root, `.cache/dist-${process.pid}`);
const old = `${fresh}-old`;

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  define: { BOOTLACE_VERSION: JSON.stringify(version) },
  sourcemap: false,
  legalComments: "none",
  logLevel: "warning",
};

const library = {
  ...shared,
  entryPoints: { index: "src/index.ts" },
  outdir: fresh,
  format: "esm",
  splitting: true,
  external: Object.keys(dependencies),
  chunkNames: "chunks/[name]-[hash]",
};

/** dist/cli/main.cjs is small and answers --version; the rest is in program.cjs and quick.cjs, one of which it loads. */
const restApart = {
  name: "the rest of the command is in files of its own",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^\.\/(program|quick)\.js$/ }, ({ path }) => ({
      path: basename(path, ".js"),
      namespace: "loaded",
    }));
    onLoad({ filter: /.*/, namespace: "loaded" }, ({ path }) => ({
      contents: `module.exports = require("./program-loader.cjs").load(__dirname, "${path}", require);`,
      resolveDir: join(root, "scripts"),
    }));
  },
};

/** What verbs that only look never call: other verbs, and the jobs that change a chip. */
const quickVerbs = JSON.parse(await readFile(join(root, "src/cli/quick-verbs.json"), "utf8"));
const UNUSED_JOBS = ["write", "erase", "protect", "read", "verify", "checksum", "reset", "leave"];
const onlyLooking = {
  name: "verbs that only look do without the others",
  setup: ({ onResolve, onLoad }) => {
    const unused = { path: "unused", namespace: "unused", sideEffects: false };
    onResolve({ filter: /^\.\/[\w-]+(\/[\w-]+)?\.js$/ }, ({ path, importer }) => {
      const name = basename(path, ".js");
      if (importer.endsWith("/cli/verbs.ts")) return quickVerbs.includes(name) ? undefined : unused;
      return importer.endsWith("/flash/chip-target.ts") && UNUSED_JOBS.includes(name) ? unused : undefined;
    });
    onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: "module.exports = {};" }));
  },
};

/** Rows of a series are data: a JSON file each, read when one of its chips is asked for. */
const series = (await readdir(join(root, "src/devices/rows"))).map((file) => file.replace(/\.ts$/, ""));
const rowsApart = {
  name: "every series of chips is a file of its own",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/rows\/\w+\.js$/ }, ({ path }) => ({
      path: path.replace(/\.js$/, ".json"),
      external: true,
    })),
};

/** commander loads child_process for subcommands that are programs of their own, which we have none of: 5 ms. */
const childProcessLater = {
  name: "child_process is loaded by who uses it",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes("/commander/") ? { path: "none", namespace: "no-child-process" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "no-child-process" }, () => ({ contents: "module.exports = {};" }));
  },
};

const command = {
  ...shared,
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  outdir: join(fresh, "cli"),
  // Bundled but for what loads binaries of its own, and is loaded when a port or bus is opened.
  external: Object.keys(dependencies).filter((name) => name !== "commander"),
  supported: { "dynamic-import": false },
  define: { ...shared.define, "import.meta.url": "bundle.url" },
  charset: "ascii", // program-loader.cjs reads it as such
  minifyWhitespace: true, // and no identifiers: --trace shows names
  minifySyntax: true,
};

await mkdir(fresh, { recursive: true });
await build(library);
await build({ ...command, entryPoints: { main: "src/cli/main.ts" }, plugins: [restApart] });
const asFunction = {
  banner: {
    js:
      "(function(exports,require,module,__filename,__dirname){" + // as the loader calls it
      'const bundle={get url(){return require("node:url").pathToFileURL(__filename).href}};',
  },
  footer: { js: "})" },
};
await build({
  ...command,
  ...asFunction,
  entryPoints: { program: "src/cli/program.ts" },
  plugins: [rowsApart, childProcessLater],
});
await build({
  ...command,
  ...asFunction,
  entryPoints: { quick: "src/cli/quick.ts" },
  plugins: [rowsApart, childProcessLater, onlyLooking],
  minifyIdentifiers: true, // --trace has the other bundle
});
await mkdir(join(fresh, "cli/rows"));
for (const name of series) await writeFile(join(fresh, `cli/rows/${name}.json`), await rowsOf(name));
for (const name of ["program", "quick"]) makeCodeCache(name);
if (existsSync(join(dist, "types"))) await rename(join(dist, "types"), join(fresh, "types"));
if (existsSync(dist)) await rename(dist, old);
await rename(fresh, dist);
await rm(old, { recursive: true, force: true });

async function rowsOf(name) {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: [`src/devices/rows/${name}.ts`],
    format: "esm",
    write: false,
  });
  const url = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`;
  return JSON.stringify({ rows: (await import(url)).rows });
}

/** In a process of its own, because what has run is what gets into it. */
function makeCodeCache(name) {
  const script = join(root, "scripts/make-code-cache.mjs");
  const { status } = spawnSync(process.execPath, [script, fresh, name], { stdio: "inherit" });
  if (status !== 0) throw new Error("the built command does not run");
}
