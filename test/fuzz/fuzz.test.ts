/** The fuzzer in its small form, 20,000 inputs, and proof that it would notice. `npm run fuzz` is the large form. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Finding, fuzz } from "./engine.js";
import { IMAGE_TARGETS } from "./image-targets.js";
import { SELF_TEST_TARGETS } from "./self-test-targets.js";

const folder = mkdtempSync(join(tmpdir(), "bootlace-fuzz-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function command(...args: string[]): { status: number | null; output: string } {
  const script = [resolve("scripts/run-ts.mjs"), resolve("test/fuzz/main.ts"), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, script, { cwd: folder, encoding: "utf8" });
  return { status, output: stdout + stderr };
}

const selfTest = (name: string) => SELF_TEST_TARGETS.find((target) => target.name === `self-test:${name}`)!;

describe("hostile images", () => {
  it("break no promise of the readers in 20,000 inputs", { timeout: 300_000 }, () => {
    const { status, output } = command("--runs", "20000", "--target", "image:");
    expect(output).toMatch(/^20006 inputs, 0 findings$/m);
    expect(status).toBe(0);
  });

  it("reach the checks of each format, not only the first one", async () => {
    const least: Record<string, number> = {
      hex: 24,
      srec: 25,
      elf: 18,
      uf2: 13,
      dfuse: 13,
      bin: 2,
      found: 40,
    };
    for (const target of IMAGE_TARGETS) {
      const { outcomes } = await fuzz(target, { runs: 2000, seed: 7 });
      expect(outcomes.size, target.name).toBeGreaterThanOrEqual(least[target.name.replace("image:", "")]!);
    }
  });
});

describe("the fuzzer", () => {
  it.each([
    ["crash", "RangeError: Invalid array length"],
    ["late-crash", "RangeError: Invalid array length"],
    ["memory", /cost \d{8} bytes of memory, the limit is 83886\d\d/],
    ["hang", "not done after 1500 ms"],
  ])("notices: %s", { timeout: 60_000 }, (name, what) => {
    const { status, output } = command(
      "--runs",
      "5000",
      "--target",
      `self-test:${name}`,
      "--hang-ms",
      "1500",
    );
    expect(output).toMatch(what);
    expect(output).toMatch(/^5000 inputs, 1 findings$/m);
    expect(status).toBe(1);
    const saved = readFileSync(join(folder, `fuzz-self-test-${name}-1.bin`));
    expect(saved.length).toBeGreaterThan(6);
  });

  it("builds on inputs that bring out something new", async () => {
    const error: unknown = await fuzz(selfTest("steps"), { runs: 200_000, seed: 1 }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Finding);
    expect([...(error as Finding).input.subarray(0, 4)]).toEqual([0x42, 0x4f, 0x4f, 0x54]);
  });

  it("gives the same inputs for the same seed", async () => {
    const inputs = async (seed: number): Promise<string[]> => {
      const seen: string[] = [];
      const onInput = (input: Uint8Array): void => void seen.push(Buffer.from(input).toString("hex"));
      await fuzz(IMAGE_TARGETS[0]!, { runs: 300, seed, onInput });
      return seen;
    };
    expect(await inputs(3)).toEqual(await inputs(3));
    expect(await inputs(3)).not.toEqual(await inputs(4));
  });

  it("refuses a target that does not exist", () => {
    expect(command("--target", "nothing")).toEqual({
      status: 2,
      output: expect.stringContaining("no such target or count of runs; targets: image:hex,") as string,
    });
  });
});
