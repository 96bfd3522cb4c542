/** What an installation brings along: from the registry, with integrity, and without scripts that have to run. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const root = new URL("../../", import.meta.url).pathname;
const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
  packages: Record<string, Locked>;
};
const installed = Object.entries(packages).filter(([path]) => path !== "");

describe("the lock file", () => {
  it("names an integrity hash for every package", () => {
    expect(installed.length).toBeGreaterThan(50);
    expect(
      installed.filter(([, { integrity }]) => !integrity?.startsWith("sha512-")).map(([path]) => path),
    ).toEqual([]);
  });

  it("has no package from a repository, a folder or an address outside the registry", () => {
    const elsewhere = installed.filter(
      ([, { resolved, link }]) =>
        link === true || (resolved !== undefined && !resolved.startsWith("https://registry.npmjs.org/")),
    );
    expect(elsewhere.map(([path]) => path)).toEqual([]);
  });
});

describe("what users install", () => {
  const forUsers = installed.filter(([, { dev }]) => dev !== true);

  it("has one package with an install script, whose prebuilt binaries make that script needless", () => {
    const scripted = forUsers
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path);
    expect(scripted).toEqual(["node_modules/@serialport/bindings-cpp"]);
    const prebuilds = join(root, scripted[0]!, "prebuilds");
    expect(existsSync(prebuilds)).toBe(true);
    const platforms = readdirSync(prebuilds).join(" ");
    for (const platform of ["linux-x64", "linux-arm64", "linux-arm", "darwin", "win32-x64"])
      expect(platforms).toContain(platform);
  });

  it("has no install script of our own", () => {
    const { scripts, gypfile } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
      gypfile: boolean;
    };
    expect(["preinstall", "install", "postinstall"].filter((name) => name in scripts)).toEqual([]);
    expect(gypfile).toBe(false); // npm would run node-gyp where it sees binding.gyp
  });
});
