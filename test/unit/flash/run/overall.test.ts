/** One progress for a whole job, whatever its phases are. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { connect } from "../../../../src/flash/connect.js";
import type { FlashEvent, Phase, Progress } from "../../../../src/flash/events.js";
import type { Target } from "../../../../src/flash/target.js";
import { Overall } from "../../../../src/flash/run/overall.js";
import { firmware } from "../../../support/sim-target.js";

const FLASH = 0x0800_0000;
const IMAGE = firmware(FLASH, 30_000);

async function told(
  target: string,
  job: (target: Target, onProgress: (p: Progress) => void) => Promise<unknown>,
) {
  await using chip = await connect(target);
  const progress: Progress[] = [];
  await job(chip, (each) => progress.push(each));
  return progress;
}

const JOBS = [
  ["write", (target, onProgress) => target.write(IMAGE, { onProgress })],
  [
    "a write that leaves by reset",
    (target, onProgress) => target.write(IMAGE, { onProgress, leave: "reset" }),
  ],
  ["a write of what is there", async (target, onProgress) => { await target.write(IMAGE); await target.write(IMAGE, { onProgress }); }], // prettier-ignore
  ["a full write", (target, onProgress) => target.write(IMAGE, { onProgress, full: true })],
  ["verify", (target, onProgress) => target.verify(IMAGE, { onProgress })],
  ["read", (target, onProgress) => target.read({ start: FLASH, end: FLASH + 9000 }, { onProgress })],
  ["erase", (target, onProgress) => target.erase("all", { onProgress })],
  ["info", (target, onProgress) => target.info({ onProgress })],
] as const satisfies readonly (readonly [string, Parameters<typeof told>[1]])[];

describe.each(["sim:stm32g071?flash=64", "sim:stm32f072?flash=64", "sim:stm32f405?bus=uart"])(
  "on %s",
  (target) => {
    it.each(JOBS)("%s: goes forward only, and 1 comes once, at the end", async (_, job) => {
      const fractions = (await told(target, job)).map(({ fraction }) => fraction);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
      expect(fractions.filter((fraction) => fraction === 1)).toEqual([1]);
      expect(fractions.at(-1)).toBe(1);
    });
  },
);

describe("the one progress", () => {
  it("says which phase it is in, with its bytes", async () => {
    const progress = await told("sim:stm32g071?flash=64", JOBS[0][1]);
    const written = progress.filter(({ phase }) => phase === "write");
    expect(written.at(-1)).toMatchObject({ unit: "bytes" });
    expect(written.at(-1)!.done).toBe(written.at(-1)!.total);
    expect(new Set(progress.map(({ phase }) => phase))).toContain("compare");
  });

  it("of a job that failed never says 1", async () => {
    const progress: Progress[] = [];
    await using chip = await connect("sim:stm32g071?fault=adapter-gone:300");
    await expect(chip.write(IMAGE, { onProgress: (each) => progress.push(each) })).rejects.toHaveProperty("code", "ADAPTER_GONE"); // prettier-ignore
    expect(progress.every(({ fraction }) => fraction < 1)).toBe(true);
    expect(progress.length).toBeGreaterThan(0);
  });

  it("stays between 0 and 1 and never goes back, whatever phases come", () => {
    const phase = fc.constantFrom<Phase>("compare", "preserve", "erase", "write", "verify", "read", "protect", "leave"); // prettier-ignore
    const part = fc.record({ phase, total: fc.nat(1000), done: fc.array(fc.nat(1200), { maxLength: 5 }) });
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const fractions: number[] = [];
        const overall = new Overall(({ fraction }) => fractions.push(fraction));
        const events = parts.flatMap(({ phase, total, done }): FlashEvent[] => [
          { type: "start", phase, total, unit: "bytes" },
          ...done.map((each): FlashEvent => ({ type: "progress", phase, done: each, total })),
          { type: "end", phase, done: total, elapsedMs: 1 },
        ]);
        for (const event of events) overall.take(event);
        overall.finish();
        expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
        expect(fractions[0]).toBeGreaterThanOrEqual(0);
        expect(fractions.filter((fraction) => fraction === 1)).toEqual([1]);
      }),
    );
  });
});
