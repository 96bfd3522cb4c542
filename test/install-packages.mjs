// Installs the Debian packages that the tests need: as root, else with sudo, else it names them and fails.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const text = readFileSync(new URL("./packages.txt", import.meta.url), "utf8");
const wanted = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

const run = (command, args, options = {}) => spawnSync(command, args, { encoding: "utf8", ...options });

const isInstalled = (name) =>
  run("dpkg-query", ["-W", "-f=${Status}", name]).stdout?.includes("install ok installed") ?? false;

/** @returns whether every package is there */
export function installPackages() {
  const missing = wanted.filter((name) => !isInstalled(name));
  if (missing.length === 0) return true;
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const mayInstall =
    run("apt-get", ["--version"]).status === 0 &&
    (sudo.length === 0 || run("sudo", ["-n", "true"]).status === 0);
  if (!mayInstall) {
    console.error(`The tests need these packages: sudo apt-get install ${missing.join(" ")}`);
    return false;
  }
  console.log(`installing ${missing.join(" ")}`);
  const apt = (...args) => {
    const [command, ...rest] = [...sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", ...args];
    return run(command, rest, { stdio: ["ignore", "ignore", "inherit"] }).status === 0;
  };
  const done = apt("update") && apt("install", "--no-install-recommends", "-y", ...missing);
  if (!done) console.error(`apt-get could not install ${missing.join(" ")}`);
  return done;
}
