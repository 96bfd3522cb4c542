// Runs test/native on the sanitizer build of the addon: AddressSanitizer and UndefinedBehaviorSanitizer in every child
// process. Fails on a failed test and on any report. The last line is "N passed, N failed".
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const prebuild = join(root, ".cache", "cmake", "asan");
const reports = join(root, ".cache", "asan-reports");

const run = (args, env) =>
  spawnSync(process.execPath, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } }).status;

/** The compiler's own: the runtime has to be the first library of the process. */
const runtime = (name) => {
  const path = execFileSync("c++", [`-print-file-name=${name}`], { encoding: "utf8" }).trim();
  if (!existsSync(path)) throw new Error(`${name} is not installed (it comes with g++)`);
  return path;
};

const environment = () => ({
  BOOTLACE_PREBUILD: prebuild,
  BOOTLACE_TEST_PRELOAD: runtime("libasan.so"),
  // Node keeps much until its end and never frees it: leaks are counted in test/native/lifecycle.test.ts by descriptors.
  ASAN_OPTIONS: `detect_leaks=0:log_path=${join(reports, "asan")}`,
  UBSAN_OPTIONS: `print_stacktrace=1:halt_on_error=1:log_path=${join(reports, "ubsan")}`,
});

/** Proves that a report would be seen: a deliberate overflow must leave one. */
function checkTheChecker(env) {
  const source = "int main() { int *p = new int[4]; int i = 4; int v = p[i]; delete[] p; return v & 0; }";
  const program = join(reports, "overflow");
  execFileSync("c++", ["-fsanitize=address", "-O0", "-x", "c++", "-", "-o", program], { input: source });
  spawnSync(program, { env: { ...process.env, ...env } });
  const found = reportFiles();
  if (found.length === 0) throw new Error("AddressSanitizer reported nothing for a deliberate overflow");
  for (const file of found) rmSync(file);
}

/** Proves that the tests would load the sanitizer build and no other. */
function checkTheAddon(env) {
  const loader = ["-p", "require('node-gyp-build').path('.')"];
  const path = execFileSync(process.execPath, loader, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  if (!path.startsWith(prebuild)) throw new Error(`the tests would load ${path}`);
}

const reportFiles = () =>
  readdirSync(reports)
    .filter((name) => /^(asan|ubsan)\./.test(name))
    .map((name) => join(reports, name));

function main() {
  if (run(["scripts/native-tools.mjs", "asan"], {}) !== 0) return 1;
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const env = environment();
  checkTheChecker(env);
  checkTheAddon(env);
  const outcome = join(reports, "vitest.json");
  run(
    [
      "node_modules/vitest/vitest.mjs",
      "run",
      "test/native",
      "--testTimeout=120000",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${outcome}`,
    ],
    env,
  );
  const { numPassedTests, numTotalTests } = JSON.parse(readFileSync(outcome, "utf8"));
  const found = reportFiles();
  for (const file of found) console.log(readFileSync(file, "utf8"));
  const failed = numTotalTests - numPassedTests + found.length;
  console.log(`${found.length} sanitizer reports`);
  console.log(`${numPassedTests} passed, ${failed} failed`);
  return failed === 0 && numPassedTests > 0 ? 0 : 1;
}

process.exitCode = main();
