/** The package as `npm pack` makes it, installed into an empty folder. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../zig.mjs";

export interface Installed {
  readonly folder: string;
  readonly tarball: string;
  readonly command: string;
  remove(): void;
}

export const npm = (args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = process.env): string =>
  execFileSync("npm", args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** What prebuilds/ has goes in: `npm run prebuilds` comes first. */
export function packed(folder: string): string {
  execFileSync(process.execPath, [join(ROOT, "scripts/copy-headers.mjs")]);
  const report = npm(["pack", "--ignore-scripts", "--json", "--pack-destination", folder], ROOT);
  return join(folder, (JSON.parse(report) as [{ filename: string }])[0].filename);
}

export function installed(): Installed {
  const folder = mkdtempSync(join(tmpdir(), "bootlace-packed-"));
  const tarball = packed(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  npm(["install", "--no-audit", "--no-fund", "--ignore-scripts", tarball], folder);
  return {
    folder,
    tarball,
    command: join(folder, "node_modules/bootlace/bin/bootlace.js"),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
