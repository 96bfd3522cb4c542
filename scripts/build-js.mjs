// Bundles src/ into dist/. The library (dist/index.js) is ESM in chunks, so that a program loads what it uses; for Node before 20.19,
// which cannot require() that, it is there a second time as CommonJS (dist/cjs/), file by file. The command
// (dist/cli/) is CommonJS: Node starts it in a third less time than ESM, and from Node 22 on keeps what it compiled (bin/bootlace.js).
// Built beside dist/ and moved there at the end: a command that runs meanwhile finds the old one or the new one.
import { build } from "esbuild";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const { dependencies, optionalDependencies, version } = JSON.parse(
  await readFile(join(root, "package.json"), "utf8"),
);
const external = Object.keys({ ...dependencies, ...optionalDependencies });
const dist = join(root, "dist");
const fresh = join(root, `.cache/dist-${process.pid}`);
const old = `${fresh}-old`;

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node18",
  define: { BOOTLACE_VERSION: JSON.stringify(version) },
  sourcemap: false,
  legalComments: "none",
  logLevel: "warning",
};

const library = {
  ...shared,
  entryPoints: { index: "src/index.ts", simulator: "src/simulator.ts", contract: "src/contract.ts" },
  outdir: fresh,
  format: "esm",
  splitting: true,
  external,
  chunkNames: "chunks/[name]-[hash]",
};

const asCommonJs = {
  ...shared,
  format: "cjs",
  supported: { "dynamic-import": false },
  define: { ...shared.define, "import.meta.url": "bundle.url" },
  banner: { js: 'const bundle={get url(){return require("node:url").pathToFileURL(__filename).href}};' },
  minifyWhitespace: true, // and no identifiers: --trace shows names
};

const sources = await readdir(join(root, "src"), { recursive: true });
const commonJs = {
  ...asCommonJs,
  bundle: false,
  entryPoints: sources
    .filter((file) => file.endsWith(".ts") && !file.startsWith("cli/"))
    .map((file) => `src/${file}`),
  outdir: join(fresh, "cjs"),
};

// No module of src/ is named below this line: what is not one of these entry points may move as it likes.
/** main.cjs is small and answers --version; it requires program.cjs for all else. */
const PROGRAMS = ["src/cli/main.ts", "src/cli/program.ts"];
/** Rows of a series, and of its option bytes, are data: a JSON file each, read when one of its chips is asked for. */
const ROWS = { "src/devices/rows": "rows", "src/devices/options/rows": "options" };
const rowFiles = (
  await Promise.all(
    Object.entries(ROWS).map(async ([from, to]) =>
      (await readdir(join(root, from))).map((file) => [
        `${from}/${file}`,
        `${to}/${basename(file, ".ts")}.json`,
      ]),
    ),
  )
).flat();

/** Source files that are files of dist/cli too, with their names there. */
const OF_THEIR_OWN = new Map([
  ...PROGRAMS.map((file) => [join(root, file), `./${basename(file, ".ts")}.cjs`]),
  ...rowFiles.map(([file, json]) => [join(root, file), `./${json}`]),
]);
const entriesApart = {
  name: "an entry point is required by the others, not bundled into them",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\..*\.js$/ }, ({ kind, path, resolveDir }) => {
      const name = OF_THEIR_OWN.get(resolve(resolveDir, path.replace(/\.js$/, ".ts")));
      return kind !== "entry-point" && name ? { path: name, external: true } : undefined;
    });
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
  ...asCommonJs,
  outExtension: { ".js": ".cjs" },
  outdir: join(fresh, "cli"),
  // Bundled but for what loads binaries of its own, and is loaded when a port or bus is opened.
  external: external.filter((name) => name !== "commander"),
  minifySyntax: true,
  plugins: [entriesApart, childProcessLater],
  entryPoints: PROGRAMS,
};

await mkdir(fresh, { recursive: true });
await Promise.all([library, commonJs, command].map((bundle) => build(bundle)));
await writeFile(join(fresh, "cjs/package.json"), '{ "type": "commonjs" }\n');
for (const folder of Object.values(ROWS)) await mkdir(join(fresh, "cli", folder));
for (const [file, json] of rowFiles) await writeFile(join(fresh, "cli", json), await rowsOf(file));
if (existsSync(join(dist, "types"))) await rename(join(dist, "types"), join(fresh, "types"));
if (existsSync(dist)) await rename(dist, old);
await rename(fresh, dist);
await rm(old, { recursive: true, force: true });

async function rowsOf(file) {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: [file],
    format: "esm",
    write: false,
  });
  const url = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`;
  return JSON.stringify({ ...(await import(url)) });
}
