/**
 * What JavaScript can hand to everything that the package exports: junk of every kind comes back as USAGE, before anything is opened or
 * sent, and nothing else than one of our errors is ever thrown. An export without an entry here fails.
 */
import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as bootlace from "../../src/index.js";

const { MemoryImage, I2cBus } = bootlace;
type Loose = (...args: readonly unknown[]) => unknown;
const loose = (call: unknown): Loose => call as Loose;

const BASE = 0x0800_0000;
const IMAGE = new MemoryImage([{ address: BASE, bytes: Uint8Array.of(1, 2, 3, 4) }]);
const HEX = new TextEncoder().encode(":0400000001020304F2\n:00000001FF\n");

const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  }),
  fc.constantFrom<unknown>(
    undefined,
    null,
    "",
    "x",
    "0",
    "constructor",
    "__proto__",
    "\0",
    NaN,
    Infinity,
    -Infinity,
    -1,
    1.5,
    2 ** 53,
    10n, // prettier-ignore
    Symbol("x"),
    () => undefined,
    new Date(NaN),
    /x/,
    new Error("x"),
    Promise.resolve(1),
    new Proxy({}, {}),
    Object.create(null), // prettier-ignore
    { kind: "i2c" },
    { kind: Object.create(null) as unknown },
    { kind: "sim", chip: "x" },
    { start: 1 },
    [undefined],
    new Array(3), // prettier-ignore
  ),
);

interface Door {
  /** Which argument is junk. */
  readonly of: string;
  readonly call: (value: unknown) => unknown;
  /** What it means to take, so far as junk can happen to be that; never by default. */
  readonly takes?: (value: unknown) => boolean;
}

const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === "string";
const isBytes = (value: unknown): boolean => value instanceof Uint8Array;
const isWhole = (value: unknown): boolean => Number.isInteger(value);
const isUndefined = (value: unknown): boolean => value === undefined;
const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
const noOptions = (value: unknown): boolean =>
  value === undefined || (isObject(value) && Object.keys(value as object).length === 0);

/** Each option of a function by name: junk for one of them. */
const eachOption = (names: readonly string[], call: (options: object) => unknown): Door[] =>
  names.map((name) => ({
    of: name,
    call: (value) => call({ [name]: value }),
    takes: (value) =>
      value === undefined ||
      ["boolean", "number", "string", "function"].includes(typeof value) ||
      isObject(value),
  }));

/** A bus that is not there: whatever reaches its binding was sent. */
const sent: string[] = [];
const NATIVE = new Proxy(
  {},
  {
    get: (_, name) => {
      if (name === "then") return undefined;
      if (name === "i2cOpen") return () => Promise.resolve({});
      if (name === "i2cFunctionality") return () => Promise.resolve(1);
      if (name === "close") return () => undefined;
      return () => {
        sent.push(String(name));
        return Promise.resolve(new Uint8Array(0));
      };
    },
  },
);

async function onBus(call: (bus: Record<string, Loose>) => unknown): Promise<void> {
  const bus = await I2cBus.open("/dev/i2c-99", NATIVE as never);
  const before = sent.length;
  try {
    await call(bus as unknown as Record<string, Loose>);
  } catch (error) {
    expect(sent.slice(before)).toEqual([]);
    throw error;
  } finally {
    await bus.close();
  }
}

const openSim = (): Promise<bootlace.Transport> =>
  bootlace.openTransport({ kind: "sim", chip: "stm32g071", options: {} });

const DOORS: Readonly<Record<string, readonly Door[]>> = {
  connect: [
    { of: "target", call: (value) => loose(bootlace.connect)(value), takes: isText },
    { of: "options", call: (value) => loose(bootlace.connect)("sim:stm32g071", value), takes: noOptions },
    // each option and each job: test/unit/flash/arguments.test.ts
  ],
  parseImage: [
    { of: "bytes", call: (value) => loose(bootlace.parseImage)(value, { file: "x" }), takes: isBytes },
    { of: "options", call: (value) => loose(bootlace.parseImage)(HEX, value) },
    ...eachOption(
      ["file", "format", "base", "defaultBase", "elfSegments", "flashOnly", "owned", "maxBytes"],
      (options) => loose(bootlace.parseImage)(HEX, { file: "x", ...options }),
    ),
  ],
  loadImage: [
    { of: "path", call: (value) => loose(bootlace.loadImage)(value), takes: isText },
    { of: "options", call: (value) => loose(bootlace.loadImage)(tmpdir(), value), takes: noOptions },
    ...eachOption(
      ["format", "base", "defaultBase", "elfSegments", "flashOnly", "maxBytes", "maxFileBytes", "check"],
      (options) => loose(bootlace.loadImage)("-", { stdin: Readable.from([Buffer.from(HEX)]), ...options }),
    ),
    ...eachOption(["stdin"], (options) => loose(bootlace.loadImage)(tmpdir(), options)),
  ],
  mergeImages: [
    { of: "parts", call: (value) => loose(bootlace.mergeImages)(value) },
    { of: "a part", call: (value) => loose(bootlace.mergeImages)([{ file: "x", image: IMAGE }, value]) },
    { of: "an image", call: (value) => loose(bootlace.mergeImages)([{ file: "x", image: value }]) },
  ],
  movedBy: [
    { of: "image", call: (value) => loose(bootlace.movedBy)(value, 4) },
    { of: "offset", call: (value) => loose(bootlace.movedBy)(IMAGE, value), takes: isWhole },
  ],
  onlyWithin: [
    { of: "image", call: (value) => loose(bootlace.onlyWithin)(value, []) },
    { of: "ranges", call: (value) => loose(bootlace.onlyWithin)(IMAGE, value), takes: isEmpty },
    { of: "a range", call: (value) => loose(bootlace.onlyWithin)(IMAGE, [value]) },
  ],
  MemoryImage: [
    { of: "segments", call: (value) => new MemoryImage(value as never), takes: isEmpty },
    { of: "a segment", call: (value) => new MemoryImage([value as never]) },
    { of: "format", call: (value) => new MemoryImage([], value as never), takes: isUndefined },
    { of: "entry", call: (value) => new MemoryImage([], "hex", value as never), takes: (value) => value === undefined || isWhole(value) }, // prettier-ignore
    { of: "notes", call: (value) => new MemoryImage([], "hex", 0, value as never), takes: (value) => value === undefined || isObject(value) }, // prettier-ignore
    { of: "start", call: (value) => loose(IMAGE.within.bind(IMAGE))(value, BASE), takes: (value) => typeof value === "number" }, // prettier-ignore
    { of: "address", call: (value) => loose(IMAGE.read.bind(IMAGE))(value, 4, 0xff), takes: isWhole },
    { of: "length", call: (value) => loose(IMAGE.read.bind(IMAGE))(BASE, isWhole(value) && (value as number) > 0 ? 4 : value, 0xff), takes: isWhole }, // prettier-ignore
    { of: "fill", call: (value) => loose(IMAGE.read.bind(IMAGE))(BASE, 4, value), takes: isWhole },
  ],
  allDevices: [{ of: "nothing", call: () => bootlace.allDevices(), takes: () => true }],
  deviceByProductId: [
    { of: "productId", call: (value) => loose(bootlace.deviceByProductId)(value), takes: isWhole },
  ],
  deviceByName: [{ of: "text", call: (value) => loose(bootlace.deviceByName)(value), takes: isText }],
  doctor: [{ of: "target", call: (value) => loose(bootlace.doctor)(value), takes: (value) => value === undefined || isText(value) }], // prettier-ignore
  ports: [
    { of: "options", call: (value) => loose(bootlace.ports)(value), takes: noOptions },
    ...eachOption(["root"], (options) => loose(bootlace.ports)(options)),
  ],
  scan: [
    // A number would name a bus of this machine, and ask its devices.
    { of: "bus", call: (value) => loose(bootlace.scan)(isWhole(Number(isText(value) ? value : NaN)) || isWhole(value) ? {} : value), takes: isText }, // prettier-ignore
    { of: "options", call: (value) => loose(bootlace.scan)("/nowhere", value), takes: noOptions },
    ...eachOption(["all", "signal"], (options) => loose(bootlace.scan)("/nowhere", options)),
  ],
  parseTarget: [{ of: "text", call: (value) => loose(bootlace.parseTarget)(value), takes: isText }],
  openTransport: [
    { of: "target", call: (value) => loose(bootlace.openTransport)(value) },
    { of: "path", call: (value) => loose(bootlace.openTransport)({ kind: "i2c", path: value, address: 0x56 }), takes: isText }, // prettier-ignore
    { of: "address", call: (value) => loose(bootlace.openTransport)({ kind: "i2c", path: "/nowhere", address: value }), takes: isWhole }, // prettier-ignore
    { of: "port", call: (value) => loose(bootlace.openTransport)({ kind: "serial", path: value }), takes: isText }, // prettier-ignore
    { of: "baud", call: (value) => loose(bootlace.openTransport)({ kind: "serial", path: "/nowhere", baud: value }), takes: (value) => value === undefined || isWhole(value) }, // prettier-ignore
    { of: "mode", call: (value) => loose(bootlace.openTransport)({ kind: "serial", path: "/nowhere", mode: value }), takes: isUndefined }, // prettier-ignore
    { of: "chip", call: (value) => loose(bootlace.openTransport)({ kind: "sim", chip: value, options: {} }), takes: isText }, // prettier-ignore
    { of: "options of sim", call: (value) => loose(bootlace.openTransport)({ kind: "sim", chip: "stm32g071", options: value }), takes: isObject }, // prettier-ignore
    { of: "options", call: (value) => loose(bootlace.openTransport)({ kind: "i2c", path: "/nowhere", address: 0x56 }, value), takes: noOptions }, // prettier-ignore
    ...eachOption(["retries", "maxFrame", "combine"], (i2c) =>
      loose(bootlace.openTransport)({ kind: "i2c", path: "/nowhere", address: 0x56 }, { i2c }),
    ),
    ...eachOption(["lowLatency", "dtr", "rts", "hangUp", "signal"], (serial) =>
      loose(bootlace.openTransport)({ kind: "serial", path: "/nowhere" }, { serial }),
    ),
    { of: "steps", call: async (value) => loose((await openSim()).exchange.bind(await openSim()))(value), takes: isEmpty }, // prettier-ignore
    { of: "a step", call: async (value) => loose((await openSim()).exchange.bind(await openSim()))([value]) },
  ],
  I2cBus: [
    { of: "path", call: (value) => loose(I2cBus.open.bind(I2cBus))(value, NATIVE), takes: isText },
    { of: "messages", call: (value) => onBus((bus) => bus["transfer"]!(value)) },
    { of: "a message", call: (value) => onBus((bus) => bus["transfer"]!([value])) },
    { of: "address", call: (value) => onBus((bus) => bus["run"]!(value, [])), takes: isWhole },
    { of: "steps", call: (value) => onBus((bus) => bus["run"]!(0x56, value)), takes: isEmpty },
    { of: "a step", call: (value) => onBus((bus) => bus["run"]!(0x56, [value])) },
    { of: "retries", call: (value) => onBus((bus) => bus["setRetries"]!(value)), takes: isWhole },
    { of: "offset to lock", call: (value) => onBus((bus) => bus["lock"]!(value)), takes: isWhole },
    { of: "offset to ask for", call: (value) => onBus((bus) => bus["lockHolder"]!(value)), takes: isWhole },
    { of: "offset to unlock", call: (value) => onBus((bus) => bus["unlock"]!(value)), takes: isWhole },
  ],
  BootlaceError: [
    { of: "code", call: (value) => refused(new bootlace.BootlaceError(value as never, "x")) },
    { of: "message", call: (value) => refused(new bootlace.BootlaceError("USAGE", value as never)), takes: isText }, // prettier-ignore
    { of: "context", call: (value) => refused(new bootlace.BootlaceError("USAGE", "x", value as never)), takes: (value) => value === undefined || (typeof value === "object" && value !== null) }, // prettier-ignore
  ],
  StepError: [
    { of: "index", call: (value) => new bootlace.StepError(value as never, "timeout", 0), takes: isWhole },
    { of: "failure", call: (value) => new bootlace.StepError(0, value as never, 0) },
  ],
  // Tables of constants: nothing is handed to them.
  ERRORS: [],
  I2C_FUNC: [],
  I2C_MESSAGE_FLAG: [],
};

/** Its getters too. */
const refused = (error: bootlace.BootlaceError): unknown => [error.hint, error.exitStatus, error.side];

/** What came of a call: undefined when it was taken. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    const result = await call();
    await (result as { close?: () => unknown } | undefined)?.close?.();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("every export", () => {
  it("stands in this table", () => {
    expect(Object.keys(bootlace).filter((name) => !Object.hasOwn(DOORS, name))).toEqual([]);
  });

  const doors = Object.entries(DOORS).flatMap(([name, all]) =>
    all.map((door) => [name, door.of, door] as const),
  );

  it.each(doors)(
    "%s: junk for %s is USAGE or taken, never another error",
    async (_name, _of, { call, takes }) => {
      await fc.assert(
        fc.asyncProperty(junk, async (value) => {
          const error = await outcome(() => call(value));
          if (error === undefined) expect(takes?.(value)).toBe(true);
          else {
            expect(error).toBeInstanceOf(bootlace.BootlaceError);
            const { code } = error as bootlace.BootlaceError;
            if (takes?.(value) === true) expect(code).not.toBe("INTERNAL");
            else expect(code).toBe("USAGE");
          }
        }),
        { numRuns: 100 },
      );
    },
  );
});

describe("a refusal", () => {
  it.each([
    [() => loose(bootlace.parseImage)("x", { file: "x" }), 'the argument "bytes" is a Uint8Array, not "x"'],
    [() => loose(bootlace.parseImage)(HEX, { file: "x", base: -1 }), 'the option "base" is a whole number from 0 to 4294967295, not -1'],
    [() => loose(bootlace.loadImage)(["a.hex"]), 'the argument "path" is a path: text of 1 to 4095 characters without NUL, not a list'],
    [() => loose(bootlace.loadImage)("a.hex", { fromat: "hex" }), 'there is no option "fromat" here; there are format, base, defaultBase, elfSegments, flashOnly, maxBytes, stdin, maxFileBytes, check'],
    [() => loose(bootlace.movedBy)(IMAGE, "0x1000"), 'the argument "offset" is a whole number from -4294967295 to 4294967295, not "0x1000"'],
    [() => loose(bootlace.onlyWithin)(IMAGE, { start: 0, end: 4 }), 'the argument "ranges" is a list, each { start, end }, whole numbers with 0 <= start < end <= 2 ** 32, not an object'],
    [() => loose(bootlace.mergeImages)([]), 'the argument "parts" is a list of at least one, each { file, image }, not a list'],
    [() => loose(bootlace.deviceByName)(0x460), 'the argument "text" is text, not 1120'],
    [() => loose(bootlace.deviceByProductId)("0x460"), 'the argument "productId" is a whole number from 0 to 65535, not "0x460"'],
    [() => loose(bootlace.parseTarget)(1), 'the argument "text" is text, not 1'],
    [() => loose(bootlace.openTransport)("/dev/i2c-1"), 'the argument "target" is what parseTarget makes of a text, not "/dev/i2c-1"'],
    [() => new MemoryImage([{ address: 4, bytes: [1, 2] as never }]), 'the argument "segments" is a list of segments { address, bytes }, ascending and not overlapping, below 2 ** 32, not a list'],
  ] as const)("names the argument and what it takes: %s", async (call, message) => {
    const error = (await outcome(call)) as bootlace.BootlaceError;
    expect([error.code, error.message]).toEqual(["USAGE", message]);
  }); // prettier-ignore
});
