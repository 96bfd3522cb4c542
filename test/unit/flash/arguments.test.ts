/** What JavaScript can hand to a target: nothing is sent for what is not understood, and the error is one of ours. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BootlaceError } from "../../../src/errors.js";
import { connect } from "../../../src/flash/connect.js";
import type { Target } from "../../../src/flash/target.js";
import { MemoryImage } from "../../../src/image/image.js";
import { openSim } from "../../../src/transport/sim/sim.js";
import { firmware } from "../../support/sim-target.js";

const BASE = 0x0800_0000;

type Loose = Record<keyof Target, (...args: unknown[]) => Promise<unknown>>;

/** A target whose every exchange is counted from now on. */
async function counted(): Promise<{ target: Target; loose: Loose; sent: () => number }> {
  const transport = await openSim("stm32g071");
  let lists = 0;
  const exchange = transport.exchange.bind(transport);
  transport.exchange = (...args) => {
    lists++;
    return exchange(...args);
  };
  const target = await connect(transport);
  const before = lists;
  return { target, loose: target as unknown as Loose, sent: () => lists - before };
}

const refusal = async (work: Promise<unknown>): Promise<BootlaceError> => {
  try {
    await work;
  } catch (error) {
    expect(error).toBeInstanceOf(BootlaceError);
    return error as BootlaceError;
  }
  return expect.fail("it was taken");
};

/** Values of every type; what happens to fit is for the cases to leave out. */
const junk = fc.oneof(fc.anything(), fc.constantFrom("ALL", "x", "", null, undefined, NaN, -1, 1.5, 2 ** 53));

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isRange = (value: unknown): boolean =>
  isPlain(value) &&
  Number.isInteger(value["start"]) &&
  Number.isInteger(value["end"]) &&
  (value["start"] as number) < (value["end"] as number);

const JOBS: readonly {
  readonly name: string;
  readonly call: (target: Loose, value: unknown) => Promise<unknown>;
  /** What the job means to take. */
  readonly fits: (value: unknown) => boolean;
}[] = [
  { name: "write", call: (target, value) => target.write(value), fits: () => false },
  { name: "verify", call: (target, value) => target.verify(value), fits: () => false },
  { name: "read", call: (target, value) => target.read(value), fits: isRange },
  { name: "checksum", call: (target, value) => target.checksum(value), fits: isRange },
  { name: "erase", call: (target, value) => target.erase(value), fits: (value) => value === "all" || isRange(value) }, // prettier-ignore
  { name: "run", call: (target, value) => target.run(value), fits: (value) => value === undefined || Number.isInteger(value) }, // prettier-ignore
  { name: "protect", call: (target, value) => target.protect(value), fits: () => false },
  {
    name: "unprotect",
    call: (target, value) => target.unprotect(value),
    fits: (value) => value === "write",
  },
];

describe("a job that is given something else than its argument", () => {
  it.each(JOBS)("$name: sends nothing and rejects with USAGE", async ({ call, fits }) => {
    const { loose, sent } = await counted();
    await fc.assert(
      fc.asyncProperty(
        junk.filter((value) => !fits(value)),
        async (value) => {
          expect((await refusal(call(loose, value))).code).toBe("USAGE");
          expect(sent()).toBe(0);
        },
      ),
    );
  });
});

const WITH_OPTIONS: readonly {
  readonly name: string;
  readonly call: (target: Loose, options: unknown) => Promise<unknown>;
}[] = [
  { name: "info", call: (target, options) => target.info(options) },
  { name: "write", call: (target, options) => target.write(firmware(BASE, 64), options) },
  { name: "verify", call: (target, options) => target.verify(firmware(BASE, 64), options) },
  { name: "read", call: (target, options) => target.read({ start: BASE, end: BASE + 4 }, options) },
  { name: "checksum", call: (target, options) => target.checksum({ start: BASE, end: BASE + 4 }, options) },
  { name: "erase", call: (target, options) => target.erase("all", options) },
  { name: "run", call: (target, options) => target.run(BASE, options) },
  { name: "reset", call: (target, options) => target.reset(options) },
  { name: "protect", call: (target, options) => target.protect({ readout: true }, options) },
  { name: "unprotect write", call: (target, options) => target.unprotect("write", options) },
  { name: "unprotect readout", call: (target, options) => target.unprotect("readout", options) },
];

describe("options of a job", () => {
  it.each(WITH_OPTIONS)("$name: junk for the whole is refused, nothing is sent", async ({ call }) => {
    const { loose, sent } = await counted();
    const noOptions = junk.filter((value) => value !== undefined && !(isPlain(value) && Object.keys(value).length === 0)); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(noOptions, async (value) => {
        expect((await refusal(call(loose, value))).code).toBe("USAGE");
        expect(sent()).toBe(0);
      }),
    );
  });

  it.each(WITH_OPTIONS)("$name: a name that is not known is refused: it may be a slip", async ({ call }) => {
    const { loose, sent } = await counted();
    const error = await refusal(call(loose, { dryrun: true }));
    expect(error.message).toMatch(/^there is no option "dryrun" here; there are onEvent, onProgress, signal/);
    expect(sent()).toBe(0);
  });

  it.each([
    ["write", { dryRun: 1 }, 'the option "dryRun" is true or false, not 1'],
    ["write", { dryRun: "no" }, 'the option "dryRun" is true or false, not "no"'],
    ["write", { check: "yes" }, 'the option "check" is "warn" or "refuse" or "off", not "yes"'],
    ["write", { leave: "run" }, 'the option "leave" is "stay" or "go" or "reset", not "run"'],
    ["write", { signal: {} }, 'the option "signal" is an AbortSignal, not an object'],
    ["erase", { erasePartial: "false" }, 'the option "erasePartial" is true or false, not "false"'],
    ["write", { onEvent: "log" }, 'the option "onEvent" is a function, not "log"'],
  ])("%s %j: says what the option is", async (name, options, message) => {
    const { loose, sent } = await counted();
    const call = WITH_OPTIONS.find((entry) => entry.name === name)!.call;
    expect((await refusal(call(loose, options))).message).toBe(message);
    expect(sent()).toBe(0);
  });
});

describe("what destroys", () => {
  it.each([undefined, {}, { eraseEverything: false }, { eraseEverything: undefined }])(
    "unprotect readout with %j does nothing: it wants its consent by name",
    async (options) => {
      const { loose, sent } = await counted();
      const error = await refusal(loose.unprotect("readout", options));
      expect(error.message).toBe("lifting readout protection erases the whole chip");
      expect(error.hint).toBe("If that is what you want, say { eraseEverything: true }.");
      expect(sent()).toBe(0);
    },
  );

  it.each([undefined, "x", "Readout", ["readout"], { readout: true }])(
    "unprotect(%j) with the consent is refused too",
    async (what) => {
      const { loose, sent } = await counted();
      await refusal(loose.unprotect(what, { eraseEverything: true }));
      expect(sent()).toBe(0);
    },
  );

  it("a consent to more than is asked for is refused: it was meant for something else", async () => {
    const { loose, sent } = await counted();
    await refusal(loose.unprotect("write", { eraseEverything: true }));
    expect(sent()).toBe(0);
  });
});

describe("a range", () => {
  it.each([
    [{ start: BASE, end: BASE }, "not { start: 134217728, end: 134217728 }"],
    [{ start: BASE + 4, end: BASE }, "not { start: 134217732, end: 134217728 }"],
    [{ start: BASE }, "not { start: 134217728, end: undefined }"],
    [{ start: "0x08000000", end: BASE + 4 }, 'not { start: "0x08000000", end: 134217732 }'],
    [{ start: 0, end: 2 ** 32 + 1 }, "not { start: 0, end: 4294967297 }"],
  ])("%j is none: no empty array comes", async (range, said) => {
    const { loose, sent } = await counted();
    expect((await refusal(loose.read(range))).message).toContain(said);
    expect(sent()).toBe(0);
  });

  it("of a checksum is whole words", async () => {
    const { loose, sent } = await counted();
    expect((await refusal(loose.checksum({ start: BASE, end: BASE + 6 }))).message).toBe(
      "the checksum is one of 32-bit words: 0x08000000 to 0x08000005 does not begin and end with a word",
    );
    expect(sent()).toBe(0);
  });

  it("and a bank at once are not erased: it is one or the other", async () => {
    const { loose, sent } = await counted();
    expect((await refusal(loose.erase({ bank: 1, start: BASE, end: BASE + 2048 }))).code).toBe("USAGE");
    expect(sent()).toBe(0);
  });
});

describe("an image", () => {
  const part = { address: BASE, bytes: new Uint8Array(16) };

  it.each([
    ["with a segment that has no bytes", [{ address: BASE }]],
    ["with an address that is text", [{ address: "0x08000000", bytes: new Uint8Array(4) }]],
    ["whose segments overlap", [part, { ...part, address: BASE + 8 }]],
    ["whose segments descend", [part, { ...part, address: BASE - 64 }]],
    ["beyond the address space", [{ ...part, address: 2 ** 32 - 8 }]],
    ["without segments", undefined],
  ])("%s is refused, also when it became so after it was made", async (_, segments) => {
    expect(() => new MemoryImage((segments ?? null) as never)).toThrow(/^the argument "segments" is /);
    const { loose, sent } = await counted();
    await refusal(loose.write(Object.assign(new MemoryImage([]), { segments })));
    expect(sent()).toBe(0);
  });

  it("of no bytes is refused by write and verify: nothing was verified", async () => {
    const { loose } = await counted();
    expect((await refusal(loose.verify(new MemoryImage([])))).code).toBe("IMAGE_INVALID");
    expect((await refusal(loose.write(new MemoryImage([])))).code).toBe("IMAGE_INVALID");
  });
});

describe("connect", () => {
  const loose = connect as unknown as (...args: unknown[]) => Promise<unknown>;

  it("refuses what is neither text nor a transport", async () => {
    await fc.assert(
      fc.asyncProperty(
        junk.filter((value) => typeof value !== "string"),
        async (value) => {
          expect((await refusal(loose(value))).code).toBe("USAGE");
        },
      ),
    );
  });

  it("refuses text that names nothing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string().filter((text) => !/^(\d+$|[/\\]|i2c:|serial:|sim:|COM\d)/.test(text)),
        async (text) => {
          expect((await refusal(loose(text))).code).toBe("USAGE");
        },
      ),
    );
  });

  it.each([
    [{ adress: 0x56 }, /^there is no option "adress" here; there are /],
    [{ address: "0x56" }, /^the option "address" is a whole number from 0 to 255, not "0x56"$/],
    [{ flashSize: -1 }, /^the option "flashSize" is a whole number from 1 to/],
    [{ lines: { boot0: 17 } }, /^the option "lines" is an object of lines by name/],
    [{ waitMs: Infinity }, /^the option "waitMs" is a time in ms from 0 to/],
  ])("refuses the options %j", async (options, message) => {
    expect((await refusal(loose("sim:stm32g071", options))).message).toMatch(message);
  });
});
