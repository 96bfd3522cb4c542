// Runs a TypeScript file of the tests or benchmarks on Node 20, which cannot read TypeScript itself:
//   node test/fake-i2c-dev/run.mjs FILE.ts [ARGUMENT...]      calls its `main(arguments)`
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [file, ...rest] = process.argv.slice(2);
const project = new URL("../../", import.meta.url).pathname;
const entry = resolve(file ?? join(project, "test/fake-i2c-dev/child.ts"));
const folder = join(project, "node_modules/.cache/bootlace");
const name = `${createHash("sha256").update(entry).digest("hex").slice(0, 12)}-${process.pid}.mjs`;
mkdirSync(folder, { recursive: true });
const result = await build({
  entryPoints: [entry],
  bundle: true,
  write: false,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  logLevel: "warning",
});
const { writeFileSync, rmSync } = await import("node:fs");
const outfile = join(folder, name);
writeFileSync(outfile, result.outputFiles[0].contents);
process.on("exit", () => rmSync(outfile, { force: true }));
const { main } = await import(pathToFileURL(outfile).href);
await main(rest);
