// Bundles the suites that run inside the test kernels. usage: node bundle.mjs OUTDIR (inside the package: they load its addon)
import { build } from "esbuild";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

await build({
  absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
  entryPoints: { uml: "suite/uml.ts", qemu: "suite/qemu.ts", holder: "suite/holder.ts" },
  outdir: resolve(process.argv[2]),
  outExtension: { ".js": ".mjs" },
  bundle: true,
  packages: "external",
  ignoreAnnotations: true, // the package says that its files have no side effects: those of the suites name cases
  format: "esm",
  platform: "node",
  target: "node20",
  logLevel: "warning",
});
