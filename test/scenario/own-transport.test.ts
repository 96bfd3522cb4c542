/** The code of docs/your-own-transport.md does what the page says, with the package as its users have it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../support/sources.js";
import { runTool } from "../fake-i2c-dev/run-tool.js";

/** Inside the package, where "bootlace" is this package. */
const folder = join(ROOT, ".cache", `own-transport-${process.pid}`);
const page = readFileSync(join(ROOT, "docs/your-own-transport.md"), "utf8");
const files = new Map(
  [...page.matchAll(/^```ts\n\/\/ (\S+)\.ts\n([^]*?)^```$/gm)].map(([, name, code]) => [name!, code!]),
);

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  for (const [name, code] of files) {
    const { code: script } = await transform(code, { loader: "ts", format: "esm", target: "node20" });
    writeFileSync(join(folder, `${name}.js`), script);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the transport of docs/your-own-transport.md", () => {
  it("holds to the contract, which node --test runs", async () => {
    const { stdout, status } = await runTool(
      process.execPath,
      ["--test", "--test-reporter=tap", join(folder, "tcp-transport.test.js")],
      {},
    );
    expect([...stdout.matchAll(/^\s*not ok .*/gm)].map(([line]) => line)).toEqual([]);
    expect(stdout).toMatch(/^# pass 1[0-9]$/m);
    expect(status).toBe(0);
  }, 60_000);

  it("breaks a case that names the promise, when it breaks a promise", async () => {
    const script = join(folder, "broken.mjs");
    const at = (name: string): string => JSON.stringify(pathToFileURL(join(folder, name)).href);
    writeFileSync(
      script,
      `import { transportContract, CONTRACT_CHIP } from "bootlace/contract";
       import { openSim } from "bootlace/simulator";
       await import(${at("tcp-transport.js")});
       const open = async () => {
         const inner = await openSim("sim:stm32g071?bus=i2c&erase=" + CONTRACT_CHIP.pageEraseMs);
         const transport = { traits: inner.traits, description: "x", baud: undefined,
           exchange: async (steps, options) => ({ reads: (await inner.exchange(steps, options)).reads, busy: 1 }),
           discardInput: () => inner.discardInput(), shrinkFrames: () => false, slowDown: async () => false, close: () => inner.close() };
         return { transport, openDeaf: async () => { throw new Error("not asked for"); }, close: async () => {} };
       };
       const empty = transportContract(open).find(({ name }) => name === "an empty list is nothing");
       console.log(await empty.run().then(() => "passed", (error) => error.message));`,
    );
    const { stdout } = await runTool(process.execPath, [script], {});
    expect(stdout.trim()).toBe('expected {"reads":[],"busy":0}, got {"reads":[],"busy":1}');
  });
});
