/** Clock stretching through the kernel's interface: the addon sets I2C_TIMEOUT, and the adapter obeys or does not. */
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chipOf } from "../fake-i2c-dev/chips.js";
import { startFakeI2c } from "../fake-i2c-dev/server.js";
import { noise } from "../support/sim-target.js";
import { BASE } from "../faults/rig.js";
import { bootlace, scratchFolder } from "./cli-process.js";

const scratch = scratchFolder();
const IMAGE = noise(6000, 3, BASE);

async function write(
  number: number,
  stretchLimit: { readonly ms: number; readonly honoursTimeout: boolean },
) {
  const chip = await chipOf(0x466, {
    flashSize: 16 * 1024,
    i2cProtocol: "1.0",
    timings: { pageEraseMs: 2600 },
  });
  const device = await startFakeI2c({ number, chips: [chip], speedHz: 400_000, wait: false, stretchLimit });
  try {
    const [held] = device.bus.chips;
    held!.poke(BASE, noise(16 * 1024, 9));
    writeFileSync(scratch("image.bin"), IMAGE);
    const at = ["--port", device.path, "--address", "0x56"];
    const result = await bootlace(["write", scratch("image.bin"), "--base", "0x08000000", ...at], device.env);
    expect(result.stderr).toMatch(/^OK /m);
    expect(result.status).toBe(0);
    expect(Buffer.compare(held!.peek(BASE, IMAGE.length), IMAGE)).toBe(0);
    expect(held!.violations).toEqual([]);
    expect(held!.counters).toMatchObject({ erasedPages: 3, resets: 0 });
    return result;
  } finally {
    await device.close();
  }
}

describe("pages that take 2.6 s each, erased with a stretched clock", () => {
  it("an adapter that obeys I2C_TIMEOUT waits for the erase: nothing is tried again", async () => {
    expect((await write(21, { ms: 1000, honoursTimeout: true })).stderr).not.toMatch(/retr(y|ies)/);
  });

  it.each([25, 100, 1000])(
    "an adapter that gives up after %i ms whatever it is told",
    { timeout: 60_000 },
    async (ms) => {
      expect((await write(22, { ms, honoursTimeout: false })).stderr).toMatch(/ retr(y|ies)/);
    },
  );
});
