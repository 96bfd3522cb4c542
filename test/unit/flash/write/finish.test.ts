/** The end of a write: what makes the program startable comes last, and what is wrong is done anew. */
import { describe, expect, it } from "vitest";
import { firmware } from "../../../support/sim-target.js";
import { BY_CHECKSUM, BY_READING, FLASH, jobOnSim } from "../job-on-sim.js";

const image = firmware(FLASH, 3 * 2048);
const [{ bytes }] = image.segments as unknown as [{ bytes: Uint8Array }];
/** Blocks of 256 bytes, eight a page: the first page's first block is written when all others are verified. */
const BLOCKS = bytes.length / 256;

describe.each([
  [BY_CHECKSUM, 0],
  [BY_READING, 3], // what is blank is not asked there: its three pages are erased first
])("the end of a write on %s", (name, erases) => {
  it.each(Array.from({ length: BLOCKS }, (_, block) => block))(
    "does a page anew when block %d was acknowledged and not stored",
    async (block) => {
      const { sim } = await jobOnSim(name);
      sim.chip.inject({ kind: "not done", operation: erases + block });
      const { outcome, retries, bytesWritten } = await sim.target.write(image);
      expect(outcome).toBe("written");
      expect(retries).toBeGreaterThan(0);
      expect(bytesWritten).toBeGreaterThanOrEqual(bytes.length);
      expect(sim.chip.peek(FLASH, bytes.length)).toEqual(bytes);
      await sim.target.close();
    },
  );

  it("needs no second round when all is stored", async () => {
    const { sim } = await jobOnSim(name);
    expect((await sim.target.write(image)).retries).toBe(0);
    await sim.target.close();
  });
});
