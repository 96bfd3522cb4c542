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

/** dist/cli/main.cjs is small and answers --version; the rest is in program.cjs and in the bundles, one of which it loads. */
const restApart = {
  name: "the rest of the command is in files of its own",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^\.\/(program|looking|flashing)\.js$/ }, ({ path }) => ({
      path: basename(path, ".js"),
      namespace: "loaded",
    }));
    onLoad({ filter: /.*/, namespace: "loaded" }, ({ path }) => ({
      contents: `module.exports = require("./program-loader.cjs").load(__dirname, "${path}", require);`,
      resolveDir: join(root, "scripts"),
    }));
  },
};

const bundles = JSON.parse(await readFile(join(root, "src/cli/bundles.json"), "utf8"));
/** What changes a chip, of the modules of src/flash/chip-target.ts. */
const CHANGING_JOBS = ["write", "erase", "protect", "reset", "leave", "verify"];
/** What the verbs of a bundle never call: other verbs, and for those that only look the jobs. */
const without = (name) => ({
  name: "a bundle does without what its verbs do not call",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^\.\/[\w-]+(\/[\w-]+)?\.js$/ }, ({ path, importer }) => {
      const module = basename(path, ".js");
      const used = importer.endsWith("/cli/verbs.ts")
        ? bundles[name].includes(module)
        : name !== "looking" ||
          !importer.endsWith("/flash/chip-target.ts") ||
          !CHANGING_JOBS.includes(module);
      return used ? undefined : { path: "unused", namespace: "unused", sideEffects: false };
    });
    onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: "module.exports = {};" }));
  },
});

/** Rows of a series are data: a JSON file each, read when one of its chips is asked for. */
const series = (await readdir(join(root, "src/devices/rows"))).map((file) => file.replace(/\.ts$/, ""));
const rowsApart = {
  name: "every series of chips is a file of its own",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^\.\/rows\/\w+\.js$/ }, ({ path }) => ({
      path: path.replace(/\.js$/, ".json"),
      namespace: "rows",
    }));
    onLoad({ filter: /.*/, namespace: "rows" }, ({ path }) => ({
      contents: `module.exports = JSON.parse(require("node:fs").readFileSync(__dirname + "/${path}", "utf8"));`,
    }));
  },
};

/** What is bundled is CommonJS and has a `require`; node:module would be loaded only for that. And what looks for the addon is bundled. */
const requireAtHand = {
  name: "the bundle's own require loads the addon",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:module$/ }, ({ importer }) =>
      importer.endsWith("/native/binding.ts") ? { path: "require", namespace: "require" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "require" }, () => ({
      contents: 'exports.createRequire = () => () => require("node-gyp-build");',
      resolveDir: root,
    }));
  },
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
  external: Object.keys(dependencies).filter((name) => !["commander", "node-gyp-build"].includes(name)),
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
const plugins = [rowsApart, childProcessLater, requireAtHand];
await build({ ...command, ...asFunction, entryPoints: { program: "src/cli/program.ts" }, plugins });
for (const name of Object.keys(bundles))
  await build({
    ...command,
    ...asFunction,
    entryPoints: { [name]: `src/cli/${name}.ts` },
    plugins: [...plugins, without(name)],
    minifyIdentifiers: true, // --trace takes the whole program
  });
await mkdir(join(fresh, "cli/rows"));
for (const name of series) await writeFile(join(fresh, `cli/rows/${name}.json`), await rowsOf(name));
for (const name of ["program", ...Object.keys(bundles)]) makeCodeCache(name);
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
