// Runs a TypeScript file: node scripts/run-ts.mjs FILE [arguments]. Bundled first, so that Node 20 needs no loader
// and the file may start worker threads from its own import.meta.url.
import { build } from "esbuild";
import { pathToFileURL } from "node:url";
import { join, resolve } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const [file, ...args] = process.argv.slice(2);
if (file === undefined) throw new Error("usage: node scripts/run-ts.mjs FILE [arguments]");

const outfile = join(root, ".cache", "run-ts", file.replaceAll(/[^\w.-]/g, "_").replace(/\.ts$/, ".mjs"));
await build({
  absWorkingDir: root,
  entryPoints: [resolve(file)],
  outfile,
  bundle: true,
  packages: "external",
  format: "esm",
  platform: "node",
  target: "node20",
  sourcemap: "inline",
  logLevel: "warning",
});
process.argv = [process.argv[0], outfile, ...args];
await import(pathToFileURL(outfile).href);
