// Bundles src/ into dist/: the CLI and the library share chunks, and what a command does not use stays unloaded.
import { build } from "esbuild";
import { readFile, rm } from "node:fs/promises";

const { dependencies, version } = JSON.parse(
  await readFile(new URL("../package.json", import.meta.url), "utf8"),
);

await rm(new URL("../dist/", import.meta.url), { recursive: true, force: true });
await build({
  absWorkingDir: new URL("..", import.meta.url).pathname,
  entryPoints: { index: "src/index.ts", "cli/main": "src/cli/main.ts" },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: Object.keys(dependencies),
  chunkNames: "chunks/[name]-[hash]",
  define: { BOOTLACE_VERSION: JSON.stringify(version) },
  sourcemap: false,
  legalComments: "none",
  logLevel: "warning",
});
