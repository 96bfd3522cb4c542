/**
 * The real command on a test /dev/i2c-N, killed at seeded random frames of its work, and started again. `BOOTLACE_KILLS` sets how
 * often; the chip lives on in this process.
 */
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Bus } from "../fake-i2c-dev/bus.js";
import { chipOf } from "../fake-i2c-dev/chips.js";
import { startFakeI2c, type FakeI2c } from "../fake-i2c-dev/server.js";
import type { ToolResult } from "../fake-i2c-dev/run-tool.js";
import { seeded, type Random } from "../fuzz/random.js";
import { noise } from "../support/sim-target.js";
import { bootlace, lastLine, scratchFolder } from "./cli-process.js";

const KILLS = Number(process.env.BOOTLACE_KILLS ?? 300);
const BASE = 0x0800_0000;
const FLASH_BYTES = 16 * 1024;
const scratch = scratchFolder();

/** A few blocks in each page: short to write, and all of a page's places can be met. */
function program(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(0xff);
  for (let page = 0; page < length; page += 2048)
    bytes.set(noise(Math.min(300, length - page), seed + page, page === 0 ? BASE : undefined), page);
  return bytes;
}

interface Program {
  readonly bytes: Uint8Array;
  readonly file: string;
}

const PROGRAMS: readonly Program[] = [
  { bytes: program(1, 5000), file: "small.bin" },
  { bytes: program(2, FLASH_BYTES), file: "whole.bin" },
  { bytes: program(3, 7001), file: "odd.bin" },
].map(({ bytes, file }) => {
  writeFileSync(scratch(file), bytes);
  return { bytes, file: scratch(file) };
});

const holds = (bus: Bus, { bytes }: Program): boolean =>
  Buffer.compare(bus.chips[0]!.peek(BASE, bytes.length), bytes) === 0;

async function withChip(
  number: number,
  protocol: "1.0" | "1.2",
  work: (device: FakeI2c) => Promise<void>,
): Promise<void> {
  const chip = await chipOf(0x466, {
    flashSize: FLASH_BYTES,
    i2cProtocol: protocol,
    timings: { pageEraseMs: 3, massEraseMs: 6 },
  });
  const device = await startFakeI2c({ number, chips: [chip], speedHz: 400_000, wait: false });
  try {
    await work(device);
  } finally {
    await device.close();
  }
}

const writing = ({ path, env }: FakeI2c, { file }: Program, options = {}): Promise<ToolResult> =>
  bootlace(
    ["write", file, "--base", hexOf(BASE), "--check", "off", "--port", path, "--address", "0x56"],
    env,
    options,
  );

const hexOf = (address: number): string => `0x${address.toString(16)}`;

/** Sends `signal` when frame `frame` of this run begins. @returns its result, and when the signal went out in the bus's time */
async function signalled(
  device: FakeI2c,
  wanted: Program,
  { frame, signal }: { readonly frame: number; readonly signal: NodeJS.Signals },
): Promise<ToolResult & { readonly atMs: number }> {
  const { bus } = device;
  let pid = 0;
  let atMs = NaN;
  bus.resetFrameNumber();
  bus.onFrame = ({ number }) => {
    if (number === frame) {
      atMs = bus.clock.now();
      process.kill(pid, signal);
    }
    return undefined;
  };
  const result = await writing(device, wanted, { onStart: (started: number) => (pid = started) });
  bus.onFrame = undefined;
  return { ...result, atMs };
}

/** Frames of a write from the second on which are worth meeting: connecting is a tenth of it. */
async function framesOf(device: FakeI2c, wanted: Program): Promise<number> {
  device.bus.resetFrameNumber();
  expect((await writing(device, wanted)).status).toBe(0);
  return device.bus.frameNumber;
}

interface Tally {
  killed: number;
  finished: number;
}

/** One to three kills, each of them the same command again, and then to the end. */
async function chain(device: FakeI2c, random: Random, tally: Tally, most: number): Promise<void> {
  const { bus } = device;
  const before = PROGRAMS.find((candidate) => holds(bus, candidate));
  const wanted = random.pick(PROGRAMS.filter((candidate) => candidate !== before));
  const times = 1 + random.below(3);
  for (let kill = 0; kill < times && tally.killed < most; kill++) {
    const frame = 1 + random.below(random.chance(0.5) ? 120 : 300);
    const { signal, status, stderr } = await signalled(device, wanted, { frame, signal: "SIGKILL" });
    if (signal === "SIGKILL") tally.killed++;
    else expect(`${stderr}${status}`).toMatch(/^OK .*\n0$/m);
    const story = `killed at frame ${frame} on the way from ${before?.file ?? "nothing"} to ${wanted.file}`;
    const whole = holds(bus, wanted) || (before !== undefined && holds(bus, before));
    expect(whole || !bus.chips[0]!.wouldBoot(), story).toBe(true);
  }
  const again = await writing(device, wanted);
  expect(again.stderr).toMatch(/^OK /m);
  expect(again.status).toBe(0);
  expect(holds(bus, wanted)).toBe(true);
  tally.finished++;
}

describe("SIGKILL", () => {
  it.concurrent.each([
    ["1.2", 11, 1],
    ["1.0", 12, 2],
  ] as const)(
    `protocol %s: at ${KILLS / 2} random frames; the chip starts a whole program or none, and the same command again ends with the image`,
    { timeout: 600_000 },
    (protocol, number, seed) =>
      withChip(number, protocol, async (device) => {
        const random = seeded(seed);
        const tally: Tally = { killed: 0, finished: 0 };
        await framesOf(device, PROGRAMS[0]!);
        while (tally.killed < KILLS / 2) await chain(device, random, tally, KILLS / 2);
        console.log(`protocol ${protocol}: killed ${tally.killed} times, finished ${tally.finished} times`);
      }),
  );
});

const STATES =
  /^ {2}chip: {4}(the flash was not changed|an erase that includes the first page of the image was begun, and its end was not seen|the first page of the image is not complete, so the chip does not start a half-written program|everything but the first words of the image is written and verified; whether these are stored was not seen); the chip is still in its bootloader$/m;

describe.each([
  ["SIGINT", 130, "INTERRUPTED", 13],
  ["SIGTERM", 143, "TERMINATED", 14],
] as const)("%s", (signal, status, code, number) => {
  it(
    `stops between two commands, says what the chip holds, and ends with ${status}`,
    { timeout: 120_000 },
    () =>
      withChip(number, "1.2", async (device) => {
        const { bus } = device;
        const random = seeded(number);
        const [older, newer] = [PROGRAMS[0]!, PROGRAMS[2]!];
        const next = (): Program => (holds(bus, newer) ? older : newer);
        await framesOf(device, older);
        for (let turn = 0; turn < 12; turn++) {
          const wanted = next();
          const stopped = await signalled(device, wanted, { frame: 30 + random.below(250), signal });
          if (stopped.status === 0) {
            expect(holds(bus, wanted)).toBe(true); // it was about to end anyway
            continue;
          }
          expect(stopped.status).toBe(status);
          expect(lastLine(stopped.stderr)).toMatch(new RegExp(`${code}, exit status ${status}$`));
          expect(stopped.stderr).toMatch(STATES);
          // In the time of the bus, in which this machine's load plays no part.
          expect(bus.totals.lastMs - stopped.atMs).toBeLessThan(1000);
          expect(bus.chips[0]!.state).toBe("bootloader");
          // At a command boundary: the next command is understood at once.
          expect(
            (await bootlace(["info", "--port", device.path, "--address", "0x56"], device.env)).status,
          ).toBe(0);
          expect(bus.chips[0]!.violations).toEqual([]);
        }
        const last = next();
        expect((await writing(device, last)).status).toBe(0);
        expect(holds(bus, last)).toBe(true);
      }),
  );
});
