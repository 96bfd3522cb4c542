/** What the flash does not hold of what it shall hold. */
import { describe, expect, it } from "vitest";
import { mismatches } from "../../../../src/flash/look/check.js";
import { noise } from "../../../support/sim-target.js";
import { BY_CHECKSUM, BY_READING, FLASH, jobOnSim, spoilt } from "../job-on-sim.js";

const wanted = noise(3 * 2048 + 10, 5);

async function wrongParts(name: string, held: Uint8Array, offset = 0) {
  const { run, sim } = await jobOnSim(name, held);
  const found = await mismatches(run, "verify", [
    { address: FLASH + offset, bytes: wanted.subarray(offset) },
  ]);
  await sim.target.close();
  return found.map(({ address, bytes }) => ({ start: address - FLASH, end: address - FLASH + bytes.length }));
}

describe.each([BY_CHECKSUM, BY_READING])("checking on %s", (name) => {
  it("finds nothing where the flash holds what it shall", async () => {
    expect(await wrongParts(name, wanted)).toEqual([]);
  });

  it("looks at nothing when nothing is wanted", async () => {
    const { run, sim } = await jobOnSim(name);
    const before = sim.chip.counters.bytes;
    expect(await mismatches(run, "verify", [])).toEqual([]);
    expect(sim.chip.counters.bytes).toBe(before);
    await sim.target.close();
  });

  it.each([0, 1, 2047, 2048, 5000, wanted.length - 1])(
    "finds the part with a wrong byte at %d",
    async (at) => {
      const parts = await wrongParts(name, spoilt(wanted, at));
      expect(parts).toHaveLength(1);
      expect(parts[0]!.start).toBeLessThanOrEqual(at);
      expect(parts[0]!.end).toBeGreaterThan(at);
    },
  );

  it("finds a wrong byte before the first whole word", async () => {
    expect(await wrongParts(name, spoilt(wanted, 3), 2)).toHaveLength(1);
  });

  it("does not mind what lies beside", async () => {
    expect(await wrongParts(name, spoilt(wanted, 0, 1), 2)).toEqual([]);
  });
});
