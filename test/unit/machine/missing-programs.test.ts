/** Where a program is missing, the tests that need it are named as not run: no file breaks while it is loaded. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runTool } from "../../fake-i2c-dev/run-tool.js";

const ROOT = new URL("../../../", import.meta.url).pathname;
const VITEST = join(ROOT, "node_modules/vitest/vitest.mjs");
/** These look at load whether a program is there. */
const asking = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
  .map((file) => join("test", file))
  .filter((file) => file.endsWith(".test.ts") && !file.startsWith("test/unit/machine/"))
  .filter((file) =>
    /skipIf|stm32flash\/compare|fake-i2c-dev\/build/.test(readFileSync(join(ROOT, file), "utf8")),
  );

it("every test file that asks for a program loads where there is none", { timeout: 300_000 }, async () => {
  expect(asking.length).toBeGreaterThan(5);
  const folder = mkdtempSync(join(tmpdir(), "bootlace-no-programs-"));
  symlinkSync(process.execPath, join(folder, "node"));
  symlinkSync("/bin/sh", join(folder, "sh"));
  try {
    const words = [VITEST, "list", ...asking];
    const options = { cwd: ROOT, timeoutMs: 290_000 };
    const { stderr, status } = await runTool(process.execPath, words, { PATH: folder }, options);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
