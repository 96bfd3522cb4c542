// Runs every test suite, or those named: node test/run.mjs [SUITE...]. The last line is "N passed, N failed"; a suite that
// reports no count, or none passed, has failed.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { installPackages } from "./install-packages.mjs";

const root = new URL("..", import.meta.url).pathname;
const reports = join(root, ".cache", "test");

/**
 * kind "step": one thing that works or does not. "vitest": counts from its JSON report. "lines": a command whose last line
 * is "N passed, N failed".
 */
const SUITES = [
  { name: "build", kind: "step", command: ["npm", "run", "-s", "build"], needed: true },
  { name: "typecheck", kind: "step", command: ["npm", "run", "-s", "typecheck"] },
  { name: "lint", kind: "step", command: ["npm", "run", "-s", "lint"] },
  { name: "vitest", kind: "vitest", command: ["npx", "--no-install", "vitest", "run"] },
  { name: "sanitizers", kind: "lines", command: ["npm", "run", "-s", "test:asan"] },
  { name: "faults", kind: "lines", command: ["npm", "run", "-s", "faults", "--", "--ci"] },
  { name: "kernel", kind: "lines", command: ["npm", "run", "-s", "test:kernel"] },
];

const COUNT = /^(\d+) passed, (\d+) failed$/;

/** Passes the output through, without lines that look like our own last one. @returns exit status and the last count */
function execute([command, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    let count;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const match = COUNT.exec(line);
      if (match) count = { passed: Number(match[1]), failed: Number(match[2]) };
      else console.log(line);
    });
    child.on("error", (error) => resolve({ status: 127, count: undefined, trouble: error.message }));
    child.on("close", (status, signal) =>
      resolve({ status: status ?? 1, count, ...(signal && { trouble: signal }) }),
    );
  });
}

async function runVitest(suite) {
  const report = join(reports, `${suite.name}.json`);
  mkdirSync(reports, { recursive: true });
  rmSync(report, { force: true });
  const { status } = await execute([
    ...suite.command,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  return { status, count: countOf(report) };
}

/** A file that could not be loaded counts as a failure; a test that was not run is named and counts as one too. */
function countOf(report) {
  let result;
  try {
    result = JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return undefined;
  }
  const broken = result.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  const skipped = result.testResults.flatMap((file) =>
    file.assertionResults.filter(({ status }) => status !== "passed" && status !== "failed"),
  );
  for (const { fullName } of skipped) console.log(`not run: ${fullName}`);
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + broken.length + skipped.length,
  };
}

async function runSuite(suite) {
  if (suite.kind === "vitest") return judged(await runVitest(suite));
  const result = await execute(suite.command);
  if (suite.kind === "step") return result.status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  return judged(result);
}

function judged({ status, count, trouble }) {
  if (count === undefined) return { passed: 0, failed: 1, why: trouble ?? "it reported no count" };
  if (count.passed + count.failed === 0) return { passed: 0, failed: 1, why: "it ran no test" };
  if (status !== 0 && count.failed === 0)
    return { ...count, failed: 1, why: `it ended with status ${status}` };
  return count;
}

async function main(names) {
  const unknown = names.filter((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown.length > 0)
    throw new Error(
      `no such suite: ${unknown.join(", ")}; there are ${SUITES.map(({ name }) => name).join(", ")}`,
    );
  const chosen = SUITES.filter(({ name }) => names.length === 0 || names.includes(name));
  const total = { passed: 0, failed: 0 };
  const rows = [];
  const add = (name, { passed, failed, why }, seconds) => {
    total.passed += passed;
    total.failed += failed;
    rows.push(
      `${failed === 0 ? "ok    " : "FAILED"}  ${name.padEnd(12)} ${passed} of ${passed + failed}, ${seconds} s${why ? `: ${why}` : ""}`,
    );
  };
  if (!installPackages()) add("packages", { passed: 0, failed: 1, why: "missing, see above" }, 0);
  for (const suite of chosen) {
    console.log(`\n== ${suite.name}`);
    const started = Date.now();
    const result = await runSuite(suite);
    add(suite.name, result, Math.round((Date.now() - started) / 1000));
    if (suite.needed && result.failed > 0) {
      for (const { name } of chosen.slice(chosen.indexOf(suite) + 1))
        add(name, { passed: 0, failed: 1, why: `not run without ${suite.name}` }, 0);
      break;
    }
  }
  console.log(`\n${rows.join("\n")}`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
