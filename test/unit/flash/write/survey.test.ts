/** What a plan is made of: what pages hold, and what becomes of the rest of them. */
import { describe, expect, it } from "vitest";
import type { WriteOptions } from "../../../../src/flash/job.js";
import { survey } from "../../../../src/flash/write/survey.js";
import { firmware, noise } from "../../../support/sim-target.js";
import { BY_CHECKSUM, BY_READING, FLASH, jobOnSim } from "../job-on-sim.js";

const PAGE = 2048;
/** One page and a half. */
const image = firmware(FLASH, PAGE + 1024);
const [{ bytes }] = image.segments as unknown as [{ bytes: Uint8Array }];
const before = (seed: number): Uint8Array => noise(2 * PAGE, seed);

async function findings(name: string, held: Uint8Array, options: WriteOptions = {}) {
  const { run, sim } = await jobOnSim(name, held);
  const sent = sim.chip.counters.bytes;
  const found = await survey(run, image, options);
  const asked = sim.chip.counters.bytes - sent;
  await sim.target.close();
  return {
    asked,
    found: found.map(({ holding, rest, kept }) => ({
      holding,
      rest,
      kept: kept.map((part) => part.bytes.length),
    })),
  };
}

describe.each([BY_CHECKSUM, BY_READING])("a survey on %s", (name) => {
  it("keeps what lies beside the image in the last page", async () => {
    expect((await findings(name, before(9))).found).toEqual([
      { holding: "other", rest: "none", kept: [] },
      { holding: "other", rest: "kept", kept: [1024] },
    ]);
  });

  it("gives it up when that is wanted", async () => {
    const { found } = await findings(name, before(9), { erasePartial: true });
    expect(found[1]).toEqual({ holding: "other", rest: "lost", kept: [] });
  });

  it("finds nothing to keep where the rest is blank", async () => {
    const { found } = await findings(name, before(9).subarray(0, PAGE + 1024));
    expect(found[1]).toEqual({ holding: "other", rest: "blank", kept: [] });
  });

  it("finds what is there already", async () => {
    const { found } = await findings(name, bytes);
    expect(found.map(({ holding }) => holding)).toEqual(["same", "same"]);
  });

  it("believes what the flash is assumed to hold, and asks nothing for it", async () => {
    const { found, asked } = await findings(name, before(9), { assume: image });
    expect(found.map(({ holding }) => holding)).toEqual(["same", "same"]);
    expect(asked).toBe(0);
  });

  it("takes every page for another when all are wanted", async () => {
    const { found } = await findings(name, bytes, { full: true });
    expect(found.map(({ holding }) => holding)).toEqual(["other", "other"]);
  });
});
