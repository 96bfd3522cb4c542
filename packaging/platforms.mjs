// The platforms that can be had on an x64 machine: Node of npm's node-* packages, for ARM under qemu-user with Debian's libraries, for
// an old glibc with those of Debian 11. `ci`: the part that CI runs.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./zig.mjs";

const X64 = { node: "linux-x64", zig: "x86_64-linux-gnu.2.28" };
const ARM64 = {
  node: "linux-arm64",
  zig: "aarch64-linux-gnu.2.28",
  root: "arm64",
  qemu: "qemu-aarch64-static",
};
const ARM = { node: "linux-armv7l", zig: "arm-linux-gnueabihf.2.28", root: "armhf", qemu: "qemu-arm-static" };

export const PLATFORMS = [
  { ...X64, version: "20.0.0" },
  { ...X64, version: "20.20.2" },
  { ...X64, version: "22.23.3", ci: true },
  { ...X64, version: "24.21.0" },
  { ...X64, version: "26.10.0" },
  { ...X64, version: "20.20.2", root: "amd64", suite: "bullseye" },
  { ...ARM64, version: "20.20.2" },
  { ...ARM64, version: "22.23.3", ci: true },
  { ...ARM64, version: "24.22.0" },
  { ...ARM, version: "20.11.0" },
].map((platform) => ({ suite: "bookworm", ...platform, name: nameOf(platform) }));

function nameOf({ node, version, suite, root }) {
  return `${node} Node ${version}${root === undefined ? "" : `, Debian ${suite ?? "bookworm"} ${root}`}`;
}

/** A script that starts this platform's Node. @returns its path, and the program that it starts */
export function nodeOf(platform) {
  const { node, version, qemu } = platform;
  const folder = cacheFolder(`nodes/${node}-${version}`);
  const real = join(folder, `node_modules/node-${node}/bin/node`);
  if (!existsSync(real)) {
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    run(
      "npm",
      [
        "install",
        "--no-save",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--force",
        `node-${node}@${version}`,
      ],
      folder,
    );
  }
  if (platform.root === undefined) return { command: real, real };
  const root = rootOf(platform);
  const start = qemu === undefined ? inOldGlibc(root) : `${qemu} -L ${root}`;
  const command = join(folder, `node-in-${platform.root}-${platform.suite}`);
  writeFileSync(command, `#!/bin/sh\nexec ${start} ${real} "$@"\n`);
  chmodSync(command, 0o755);
  return { command, real };
}

/** The root's own loader and libraries. Its link in lib64 is absolute, so it leads to this machine's. */
function inOldGlibc(root) {
  const lib = join(root, "lib/x86_64-linux-gnu");
  const loader = readdirSync(lib).find((name) => /^ld-\d.*\.so$/.test(name));
  return `${join(lib, loader)} --library-path ${lib}:${join(root, "usr/lib/x86_64-linux-gnu")}`;
}

/** Debian's libraries of an architecture, unpacked; nothing of it is run to make it. */
export function rootOf({ root, suite }) {
  const folder = join(cacheFolder("roots"), `${suite}-${root}`);
  if (existsSync(join(folder, "usr/lib"))) return folder;
  rmSync(folder, { recursive: true, force: true });
  const packages = "libc6,libstdc++6,libatomic1,libgcc-s1,dash,libc-bin";
  const source = `deb http://deb.debian.org/debian ${suite} main`;
  const args = [
    "--variant=extract",
    `--architectures=${root}`,
    `--include=${packages}`,
    suite,
    folder,
    source,
  ];
  mkdirSync(cacheFolder("roots"), { recursive: true });
  run("mmdebstrap", args, cacheFolder("roots"));
  return folder;
}

function run(command, args, cwd) {
  const { error, status, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (error !== undefined || status !== 0)
    throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`);
}
