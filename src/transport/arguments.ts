/** What JavaScript can hand to a transport and to what opens one: src/arguments.ts. */
import {
  FLAG,
  BYTES,
  checkArgument,
  checkTable,
  FUNCTION,
  isObject,
  type Kind,
  listOf,
  NUMBER,
  oneOf,
  PATH,
  shape,
  SIGNAL,
  type Table,
  TEXT,
  TIME,
  whole,
} from "../arguments.js";
import { isI2cAddress } from "./i2c/address.js";
import { MAX_BAUD, MIN_BAUD, SERIAL_MODES } from "./serial/mode.js";
import { MAX_GAP_US, MAX_HZ, MIN_HZ } from "./spi/rate.js";
import type { ExchangeOptions, Step } from "./transport.js";

const BYTE = whole(0, 0xff);
/** More than any bus takes in one message; what this one takes is its own to say. */
const LENGTH = whole(0, 0xffff);

const STEPS: Readonly<Record<Step["kind"], Kind>> = {
  write: shape("a write step", { bytes: BYTES }),
  read: shape("a read step", { length: LENGTH, timeoutMs: TIME, continues: FLAG, begins: BYTE }, ["length"]),
  poll: shape(
    "a poll step",
    { accept: BYTE, busy: BYTE, timeoutMs: TIME, firstWaitMs: TIME, intervalMs: TIME },
    ["accept", "timeoutMs"],
  ),
  delay: shape("a delay step", { ms: TIME }),
};

const STEP: Kind = {
  says: "a step: { kind } of write, read, poll or delay with what transport.ts says of it",
  fits: (value) => fitsByKind(STEPS, value),
};
function fitsByKind(kinds: Readonly<Record<string, Kind>>, value: unknown): boolean {
  if (!isObject(value)) return false;
  const { kind } = value;
  return typeof kind === "string" && Object.hasOwn(kinds, kind) && kinds[kind]!.fits(value);
}

const LIST = listOf(STEP);

const EXCHANGE: Table<ExchangeOptions> = { signal: SIGNAL };

/** @throws BootlaceError USAGE, before anything of the list is sent */
export function checkExchange(steps: unknown, options: unknown): void {
  checkArgument("steps", LIST, steps);
  checkTable(EXCHANGE, options);
}

const I2C_ADDRESS: Kind = {
  says: "a 7-bit I2C address, 0x08 to 0x7F",
  fits: (value) => isI2cAddress(value as number),
};

const TEXTS: Kind = {
  says: "an object of texts",
  fits: (value) => isObject(value) && Object.values(value).every(TEXT.fits),
};

const TARGETS: Readonly<Record<string, Kind>> = {
  i2c: shape("an I2C bus", { path: PATH, address: I2C_ADDRESS }, ["path"]),
  serial: shape(
    "a serial port",
    { path: PATH, baud: whole(MIN_BAUD, MAX_BAUD), mode: oneOf(...Object.keys(SERIAL_MODES)) },
    ["path"],
  ),
  spi: shape("an SPI device", { path: PATH, hz: whole(MIN_HZ, MAX_HZ), gapUs: whole(0, MAX_GAP_US) }, [
    "path",
  ]),
  sim: shape("a simulated chip", { chip: TEXT, options: TEXTS }),
};

/** What parseTarget gives. */
export const TARGET_ADDRESS: Kind = {
  says: "what parseTarget makes of a text",
  fits: (value) => fitsByKind(TARGETS, value),
};

/** A text is for parseTarget to understand. */
export const TARGET: Kind = {
  says: 'a text like "i2c:/dev/i2c-1@0x56", or what parseTarget makes of it',
  fits: (value) => TEXT.fits(value) || TARGET_ADDRESS.fits(value),
};

/** Of anybody: docs/your-own-transport.md. */
export const TRANSPORT: Kind = shape("a transport", {
  traits: shape("traits", {
    framing: oneOf("message", "byte"),
    dialect: oneOf("i2c", "uart", "spi"),
    maxWrite: NUMBER,
    maxRead: NUMBER,
  }),
  description: TEXT,
  exchange: FUNCTION,
  discardInput: FUNCTION,
  shrinkFrames: FUNCTION,
  slowDown: FUNCTION,
  close: FUNCTION,
});
