/**
 * A line that loses, turns over and invents bytes, one in 10 000 each way, seeded. A write over it ends right, or says that it failed
 * and leaves a chip that a clean line can bring back. What must never happen is a success over a chip that holds something else.
 */
import { describe, expect, test } from "vitest";
import { BootlaceError } from "../../src/errors.js";
import { connect } from "../../src/flash/connect.js";
import { MemoryImage } from "../../src/image/image.js";
import { chipOnPty } from "../support/pty-chip.js";
import type { PtyChip } from "../support/pty-chip.js";

const FLASH = 0x0800_0000;
const LENGTH = 128 * 1024;
const RUNS = 50;
/** Runs wait for time-outs most of the time: several at once. */
const AT_ONCE = 25;
const CHIP = "stm32g071";

function firmware(seed: number): Uint8Array {
  const bytes = Uint8Array.from(
    { length: LENGTH },
    (_, i) => (i * 31 + (i >> 8) * 17 + (i >> 16) + seed * 7) & 0xff,
  );
  const vectors = new DataView(bytes.buffer);
  vectors.setUint32(0, 0x2000_1000, true);
  vectors.setUint32(4, FLASH + 0x101, true);
  return bytes;
}

interface Outcome {
  readonly seed: number;
  readonly end: "right" | "failed loudly" | "WRONG SUCCESS";
  /** Bytes hit on the way. */
  readonly hits: number;
  readonly retries: number;
  readonly error?: string;
}

const holds = (rig: PtyChip, bytes: Uint8Array): boolean =>
  Buffer.from(rig.chip.peek(FLASH, bytes.length)).equals(bytes);

const hitsOf = ({ server: { noise } }: PtyChip): number =>
  [noise!.toChip, noise!.fromChip].reduce(
    (sum, { dropped, flipped, inserted }) => sum + dropped + flipped + inserted,
    0,
  );

async function writeOnce(rig: PtyChip, bytes: Uint8Array): Promise<number> {
  const target = await connect(`serial:${rig.path}?mode=8n1`);
  try {
    const { retries } = await target.write(new MemoryImage([{ address: FLASH, bytes }]));
    return retries;
  } finally {
    await target.close();
  }
}

/** On a clean line, after a reset: the chip takes the same image. */
async function bringBack(rig: PtyChip, bytes: Uint8Array): Promise<void> {
  rig.server.stopNoise();
  rig.chip.setNrst(false);
  rig.chip.setNrst(true);
  await writeOnce(rig, bytes);
  expect(holds(rig, bytes)).toBe(true);
}

async function run(seed: number): Promise<Outcome> {
  const rig = await chipOnPty(CHIP, {}, { noise: { seed, oneIn: 10_000 } });
  const bytes = firmware(seed);
  try {
    const retries = await writeOnce(rig, bytes);
    return { seed, end: holds(rig, bytes) ? "right" : "WRONG SUCCESS", hits: hitsOf(rig), retries };
  } catch (error) {
    if (!(error instanceof BootlaceError)) throw error;
    const hits = hitsOf(rig);
    await bringBack(rig, bytes);
    return { seed, end: "failed loudly", hits, retries: 0, error: `${error.code} ${error.message}` };
  } finally {
    rig.close();
  }
}

describe("a noisy line", () => {
  test(`${RUNS} writes of 128 KiB end right or fail loudly`, { timeout: 900_000 }, async () => {
    const outcomes: Outcome[] = [];
    const seeds = Array.from({ length: RUNS }, (_, i) => i + 1);
    const worker = async () => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) outcomes.push(await run(seed));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const count = (end: Outcome["end"]) => outcomes.filter((outcome) => outcome.end === end).length;
    console.log(
      `${count("right")} right, ${count("failed loudly")} failed loudly;`,
      `${outcomes.reduce((sum, { hits }) => sum + hits, 0)} bytes hit, ${outcomes.reduce((sum, { retries }) => sum + retries, 0)} retries`,
      outcomes
        .filter(({ error }) => error !== undefined)
        .map(({ seed, error }) => `seed ${seed}: ${error ?? ""}`),
    );
    expect(outcomes.filter(({ end }) => end === "WRONG SUCCESS")).toEqual([]);
    expect(outcomes).toHaveLength(RUNS);
    expect(outcomes.every(({ hits }) => hits > 0)).toBe(true); // otherwise this tested nothing
  });
});
