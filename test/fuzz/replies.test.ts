/** Malformed replies in their small form, 20,000 inputs, and proof that they would be noticed. `npm run fuzz -- --target replies:` runs more. */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { UART_TRAITS } from "../../src/transport/traits.js";
import { fuzz } from "./engine.js";
import { EndlessJob, HostileTransport } from "./hostile-transport.js";
import { REPLY_TARGETS } from "./reply-targets.js";

describe("hostile chips", () => {
  it("neither crash a job nor keep it for ever in 20,000 inputs", { timeout: 300_000 }, () => {
    const script = [
      resolve("scripts/run-ts.mjs"),
      resolve("test/fuzz/main.ts"),
      "--runs",
      "20000",
      "--target",
      "replies:",
    ];
    const { status, stdout, stderr } = spawnSync(process.execPath, script, { encoding: "utf8" });
    expect(stdout + stderr).toMatch(/^20000 inputs, 0 findings$/m);
    expect(status).toBe(0);
  });

  it("that answer as good ones do let every job succeed: the seeds lead all the way through", async () => {
    for (const target of REPLY_TARGETS) {
      const seeds = target.seeds({} as never);
      const { outcomes } = await fuzz(target, { runs: seeds.length, seed: 1 });
      const failed = [...outcomes.keys()].filter((outcome) => !outcome.endsWith(": done"));
      expect(failed, target.name).toEqual([]);
    }
  });

  it("reach many ways to fail", async () => {
    for (const target of REPLY_TARGETS) {
      const { outcomes } = await fuzz(target, { runs: 1000, seed: 3 });
      expect(outcomes.size, target.name).toBeGreaterThan(40);
    }
  });

  it("are noticed when a job goes on for ever", async () => {
    const chatty = new HostileTransport(UART_TRAITS, new Uint8Array(0), true);
    const forEver = async (): Promise<never> => {
      for (;;) await chatty.exchange([{ kind: "delay", ms: 1 }]);
    };
    await expect(forEver()).rejects.toThrow(EndlessJob);
  });
});
