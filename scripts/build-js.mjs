// Bundles src/ into dist/. The library (dist/index.js) is ESM in chunks, so that a program loads what it uses. The command
// (dist/cli/) is CommonJS: Node starts it in a third less time than ESM, and from Node 22 on keeps what it compiled (bin/bootlace.js).
// Built beside dist/ and moved there at the end: a command that runs meanwhile finds the old one or the new one.
import { build } from "esbuild";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

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
  entryPoints: { index: "src/index.ts", simulator: "src/simulator.ts", contract: "src/contract.ts" },
  outdir: fresh,
  format: "esm",
  splitting: true,
  external: Object.keys(dependencies),
  chunkNames: "chunks/[name]-[hash]",
};

/** Rows of a series are data: a JSON file each, read when one of its chips is asked for. */
const series = (await readdir(join(root, "src/devices/rows"))).map((file) => file.replace(/\.ts$/, ""));
const rowsApart = {
  name: "every series of chips is a file of its own",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\/rows\/\w+\.js$/ }, ({ path }) => ({
      path: path.replace(/\.js$/, ".json"),
      external: true,
    }));
  },
};

/** main.cjs is small and answers --version; it requires program.cjs for all else. */
const programApart = {
  name: "the program is a file of its own",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\/program\.js$/ }, () => ({ path: "./program.cjs", external: true }));
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
  external: Object.keys(dependencies).filter((name) => name !== "commander"),
  supported: { "dynamic-import": false },
  define: { ...shared.define, "import.meta.url": "bundle.url" },
  banner: { js: 'const bundle={get url(){return require("node:url").pathToFileURL(__filename).href}};' },
  minifyWhitespace: true, // and no identifiers: --trace shows names
  minifySyntax: true,
  plugins: [rowsApart, childProcessLater],
};
const main = { ...command, entryPoints: { main: "src/cli/main.ts" }, plugins: [programApart] };
const program = { ...command, entryPoints: { program: "src/cli/program.ts" } };

await mkdir(fresh, { recursive: true });
await Promise.all([library, main, program].map((bundle) => build(bundle)));
await mkdir(join(fresh, "cli/rows"));
for (const name of series) await writeFile(join(fresh, `cli/rows/${name}.json`), await rowsOf(name));
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
