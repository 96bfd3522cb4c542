/**
 * Every function of the addon with every wrong thing in every place. Prints how each call ended, as
 * { "i2cRun": { "TypeError": 12, "RangeError": 3, "SystemError": 2, "accepted": ["..."] } }.
 */
import { binding } from "../../../src/native/binding.js";
import type { Handle } from "../../../src/native/binding.js";

type Callable = (...args: unknown[]) => unknown;
const native = binding() as unknown as Record<string, Callable>;

const detached = (): Uint8Array => {
  const bytes = new Uint8Array(16);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
};

const shrunk = (): Uint8Array => {
  const Resizable = ArrayBuffer as unknown as new (
    length: number,
    options: object,
  ) => ArrayBuffer & {
    resize(length: number): void;
  };
  const buffer = new Resizable(64, { maxByteLength: 64 });
  const bytes = new Uint8Array(buffer, 8, 32);
  buffer.resize(16); // the view is out of bounds now
  return bytes;
};

const bus = await (native["i2cOpen"]!("/dev/i2c-7") as Promise<Handle>);
const spi = await (native["spiOpen"]!("/dev/spidev0.0", 1_000_000, 15, 0) as Promise<Handle>);
const chip = native["gpioOpen"]!("/dev/gpiochip0") as Handle;
const lines = native["gpioRequest"]!(chip, Uint32Array.of(0, 1), 8, Uint8Array.of(0, 1)) as Handle;
const file = native["fileOpen"]!("/dev/null", 1) as Handle;
const closed = native["fileOpen"]!("/dev/null", 1) as Handle;
native["close"]!(closed);

/** Good arguments, from which one after the other is made wrong. */
const good: Record<string, unknown[]> = {
  i2cOpen: ["/dev/i2c-8"],
  i2cFunctionality: [bus],
  i2cSetTimeout: [bus, 100],
  i2cSetRetries: [bus, 1],
  i2cTransfer: [bus, Uint8Array.of(0x50, 0, 1, 0, 1, 0, 0, 0)],
  i2cRun: [bus, 0x56, Uint8Array.of(1, 1, 0, 0x79), 0],
  i2cAbort: [bus],
  spiOpen: ["/dev/spidev0.0", 1_000_000, 15, 0],
  spiRun: [spi, Uint8Array.of(1, 1, 0, 0x5a), Uint8Array.of(0, 0xa5, 0x79, 0x1f)],
  spiAbort: [spi],
  fileOpen: ["/dev/null", 0],
  lockTake: [file, 0, 1, 0],
  lockQuery: [file, 0, 1],
  lockRelease: [file, 0, 1, 0],
  gpioOpen: ["/dev/gpiochip0"],
  gpioChipInfo: [chip],
  gpioLineInfo: [chip, 0],
  gpioRequest: [chip, Uint32Array.of(2), 8, Uint8Array.of(1)],
  gpioConfigure: [lines, 4, new Uint8Array(0)],
  gpioSet: [lines, Uint8Array.of(1, 2)],
  gpioGet: [lines],
  // stdout is a pipe: good arguments give ENOTTY
  ttyExclusive: [1, true],
  ttyCheckParity: [1],
  ttySettings: [1],
};

const wrong: Record<string, unknown> = {
  undefined: undefined,
  null: null,
  true: true,
  "-1": -1,
  NaN: NaN,
  "1.5": 1.5,
  Infinity: Infinity,
  "2 to the 53": 2 ** 53,
  "2 to the 32": 2 ** 32,
  bigint: 10n,
  symbol: Symbol("x"),
  "empty string": "",
  "NUL string": "/dev/null\0x",
  "huge string": "x".repeat(1 << 26),
  "lone surrogate": "\ud800",
  object: {},
  array: [1, 2, 3],
  function: () => 1,
  constructor: Map,
  date: new Date(0),
  "revoked proxy": (() => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  })(),
  "proxy of a handle": new Proxy(bus, {}),
  "child of a handle": Object.create(bus) as unknown,
  "throwing getters": new Proxy(
    {},
    {
      get() {
        throw new Error("trap");
      },
    },
  ),
  "detached bytes": detached(),
  "bytes out of bounds": shrunk(),
  "shared bytes": new Uint8Array(new SharedArrayBuffer(8)),
  "huge bytes": new Uint8Array(1 << 26),
  "wrong bytes": Uint8Array.of(99, 1, 2, 3),
  "cut write": Uint8Array.of(1, 0xff, 0xff, 1),
  "cut poll": Uint8Array.of(3, 1, 2),
  "long read": Uint8Array.of(2, 0xff, 0xff),
  words: new Uint16Array(4),
  longs: new Uint32Array(65),
  bits: new BigUint64Array(1),
  view: new DataView(new ArrayBuffer(4)),
  buffer: new ArrayBuffer(4),
  bus,
  spi,
  chip,
  lines,
  file,
  closed,
};

const OPENERS = ["i2cOpen", "spiOpen", "fileOpen", "gpioOpen", "gpioRequest"];

/** `close` has its own loop below; ptyOpen takes nothing. */
const NO_ARGUMENTS = ["close", "ptyOpen"];

const table: Record<string, Record<string, number> & { accepted: string[] }> = {};

const call = async (name: string, args: unknown[], label: string): Promise<void> => {
  const row = (table[name] ??= Object.assign({}, { accepted: [] as string[] }) as (typeof table)[string]);
  const count = (kind: string): void => void (row[kind] = (row[kind] ?? 0) + 1);
  try {
    const result = await native[name]!(...args);
    if (OPENERS.includes(name)) native["close"]!(result);
    row.accepted.push(label);
  } catch (error) {
    if (error instanceof Error && "errno" in error) count("SystemError");
    else count(error instanceof Error ? error.constructor.name : "not an Error");
  }
};

for (const [name, args] of Object.entries(good)) {
  for (let place = 0; place < args.length; ++place) {
    for (const [label, value] of Object.entries(wrong)) {
      await call(
        name,
        args.map((arg, i) => (i === place ? value : arg)),
        `${label} as argument ${place + 1}`,
      );
    }
    await call(name, args.slice(0, place), `${place} arguments`);
  }
  await call(name, [...args, ...args, {}], "too many arguments");
  await call(name, args, "good arguments");
}
for (const [label, value] of Object.entries(wrong)) {
  if (value === bus || value === spi || value === chip || value === lines || value === file) continue;
  await call("close", [value], `${label} as argument 1`);
}
await call("close", [], "0 arguments");
const unlisted = Object.keys(native).filter((name) => !(name in good) && !NO_ARGUMENTS.includes(name));
console.log(JSON.stringify({ table, unlisted }));
