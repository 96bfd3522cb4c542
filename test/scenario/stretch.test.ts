/**
 * Chips that hold the clock longer than an adapter bears: protocol 1.0, and "no-stretch" commands that stretch all the same.
 * Time is simulated: minutes cost nothing.
 */
import { describe, expect, it } from "vitest";
import type { FlashEvent } from "../../src/flash/events.js";
import { connect } from "../../src/flash/connect.js";
import { MemoryImage } from "../../src/image/image.js";
import type { SimulatedChip } from "../../src/simulator/chip.js";
import { VirtualClock } from "../../src/simulator/clock.js";
import { createChip } from "../../src/simulator/create-chip.js";
import type { ChipOptions } from "../../src/simulator/options.js";
import type { ChipQuirks } from "../../src/simulator/quirks.js";
import { SimTransport } from "../../src/transport/sim/sim.js";
import { StepError, type Transport } from "../../src/transport/transport.js";
import { isSystemError } from "../../src/errors.js";
import { systemFailure, type Errno } from "../faults/faulty-transport.js";
import { BASE, SMALL, TINY, type Model } from "../faults/rig.js";
import { noise } from "../support/sim-target.js";

const PAGE = 512;

interface Bench {
  readonly model?: Model;
  readonly protocol: "1.0" | "1.1" | "1.2";
  /** What the adapter survives, whatever it is set to; undefined: it obeys. */
  readonly limitMs: number | undefined;
  readonly timings: ChipOptions["timings"];
  readonly quirks?: Partial<ChipQuirks>;
  /** What the adapter says instead of ETIMEDOUT. */
  readonly errno?: Errno;
}

const NEW = noise(4 * PAGE, 2, BASE);

interface Outcome {
  readonly chip: SimulatedChip;
  readonly retries: number;
  readonly events: readonly FlashEvent[];
  readonly elapsedMs: number;
}

async function write(
  { model = TINY, protocol, limitMs, timings, quirks, errno }: Bench,
  bytes = NEW,
): Promise<Outcome> {
  const clock = new VirtualClock();
  const chip = createChip({
    facts: model.facts,
    clock,
    i2cProtocol: protocol,
    ...(timings && { timings }),
    ...(quirks && { quirks }),
  });
  chip.poke(BASE, noise(model.facts.flash.size, 1, BASE));
  const address = model.facts.i2c!.address;
  const transport = new SimTransport({
    chip,
    clock,
    bus: "i2c",
    address,
    stretchLimitMs: limitMs,
    description: "stretch",
  });
  const target = await connect(errno ? saying(transport, errno) : transport, { ...model.options, address });
  const events: FlashEvent[] = [];
  const image = new MemoryImage([{ address: BASE, bytes }]);
  const startMs = clock.now();
  const { retries } = await target.write(image, { check: "off", onEvent: (event) => events.push(event) });
  expect(Buffer.compare(chip.peek(BASE, bytes.length), bytes)).toBe(0);
  return { chip, retries, events, elapsedMs: clock.now() - startMs };
}

/** Another word for the same. */
function saying(transport: SimTransport, errno: Errno): Transport {
  const exchange = transport.exchange.bind(transport);
  transport.exchange = (steps, options) =>
    exchange(steps, options).catch((error: unknown) => {
      const system = error instanceof StepError && error.failure === "system";
      if (!system || !isSystemError(error.cause) || error.cause.code !== "ETIMEDOUT") throw error;
      throw new StepError(error.index, "system", undefined, { cause: systemFailure(errno).cause });
    });
  return transport;
}

const LIMITS = [25, 50, 100, 250, 500, 1000];
const ERASES = [20, 40, 200, 800, 2000, 7000];
const CASES = LIMITS.flatMap((limitMs) => ERASES.map((eraseMs) => ({ limitMs, eraseMs })));
const PAGES = 4;

describe.each([
  ["protocol 1.0", "1.0", {}],
  ["no-stretch commands that stretch all the same", "1.2", { noStretchEraseStretches: true }],
] as const)("%s", (_, protocol, quirks) => {
  it.each(CASES)(
    "an adapter that gives up after $limitMs ms, pages that take $eraseMs ms: each is erased once, and waited for",
    async ({ limitMs, eraseMs }) => {
      const timings = { pageEraseMs: eraseMs };
      const { chip, retries, elapsedMs } = await write({ protocol, limitMs, timings, quirks });
      expect(chip.violations).toEqual([]);
      expect(chip.counters).toMatchObject({ erasedPages: PAGES, resets: 0 });
      expect(retries).toBeLessThanOrEqual(PAGES);
      // Of simulated time: not much more than the erases themselves.
      expect(elapsedMs).toBeLessThan(PAGES * (eraseMs * 1.1 + limitMs + 300));
    },
  );
});

describe("protocol 1.0, where the status is lost with the stretch and a question is a broken order", () => {
  it.each(CASES)(
    "an adapter that gives up after $limitMs ms, pages that take $eraseMs ms: the chip is left alone for longer each time",
    async ({ limitMs, eraseMs }) => {
      const timings = { pageEraseMs: eraseMs };
      const { chip } = await write({
        protocol: "1.0",
        limitMs,
        timings,
        quirks: { statusAfterAbort: "lost" },
      });
      expect(chip.violations.filter(({ kind }) => kind === "flash")).toEqual([]);
      expect(chip.counters.erasedPages).toBeLessThanOrEqual(PAGES * 2);
    },
  );
});

describe("an adapter that gives up", () => {
  it("is given single pages from then on", async () => {
    const { chip, retries } = await write({ protocol: "1.0", limitMs: 50, timings: { pageEraseMs: 30 } });
    // The three pages after the first one take 90 ms in one command.
    expect(retries).toBe(1);
    expect(chip.counters.erasedPages).toBe(PAGES);
  });

  it("while a block is programmed is given shorter ones, and what was stored is not written again", async () => {
    const { chip, retries } = await write({ protocol: "1.0", limitMs: 25, timings: { programMs: 80 } });
    expect(chip.violations).toEqual([]);
    expect(chip.counters).toMatchObject({ programmedBytes: NEW.length, erasedPages: PAGES, resets: 0 });
    expect(retries).toBeLessThanOrEqual(4);
  });

  it.each(LIMITS)(
    "after %i ms in the middle of a mass erase of 7 s: the chip is waited for and looked at",
    async (limitMs) => {
      const bytes = noise(0x4000, 3, BASE);
      const { chip, events } = await write(
        {
          model: SMALL,
          protocol: "1.2",
          limitMs,
          timings: { massEraseMs: 40 },
          quirks: { massEraseStallMs: 7000 },
        },
        bytes,
      );
      expect(events).toContainEqual(
        expect.objectContaining({ type: "end", phase: "erase", detail: "mass erase" }),
      );
      expect(chip.violations).toEqual([]);
      expect(chip.counters).toMatchObject({ erasedPages: 8, resets: 0 });
    },
  );

  it("obeys the time-out that each command asks for where it can: nothing is tried again", async () => {
    const { chip, retries } = await write({
      protocol: "1.0",
      limitMs: undefined,
      timings: { pageEraseMs: 4000 },
    });
    expect(retries).toBe(0);
    expect(chip.counters.erasedPages).toBe(PAGES);
  });

  it("may call it EIO, as the Raspberry Pi's does", async () => {
    const timings = { pageEraseMs: 800 };
    const { chip, retries } = await write({ protocol: "1.0", limitMs: 50, timings, errno: "EIO" });
    expect(retries).toBeLessThanOrEqual(PAGES);
    expect(chip.violations).toEqual([]);
  });
});
