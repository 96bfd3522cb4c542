/**
 * What JavaScript can hand to a target, checked before anything is sent: the types say the same, to those who use them. A word that is
 * not understood must never be taken for the one that erases, and an option that nobody knows may be a misspelt `dryRun`.
 */
import type { Range } from "../devices/device.js";
import { BootlaceError, hex } from "../errors.js";
import { MemoryImage } from "../image/image.js";
import type {
  ChecksumOptions,
  EraseOptions,
  JobOptions,
  ReadOptions,
  UnprotectOptions,
  VerifyOptions,
  WriteOptions,
} from "./job.js";
import type { ConnectOptions } from "./target.js";

interface Kind {
  readonly says: string;
  readonly fits: (value: unknown) => boolean;
}

const kindOf = (type: string, says: string): Kind => ({ says, fits: (value) => typeof value === type });
const whole = (least: number, most: number): Kind => ({
  says: `a whole number from ${least} to ${most}`,
  fits: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
});
const oneOf = (...words: readonly string[]): Kind => ({
  says: words.map((word) => `"${word}"`).join(" or "),
  fits: (value) => words.includes(value as string),
});

const FLAG = kindOf("boolean", "true or false");
const TEXT = kindOf("string", "text");
const FUNCTION = kindOf("function", "a function");
const SIGNAL: Kind = { says: "an AbortSignal", fits: (value) => value instanceof AbortSignal };
const IMAGE: Kind = {
  says: "a MemoryImage whose segments are ascending and do not overlap",
  fits: (value) => value instanceof MemoryImage && inOrder(value.segments),
};
const LINES: Kind = {
  says: "an object of lines by name",
  fits: (value) =>
    isObject(value) && Object.values(value).every((line) => line === undefined || TEXT.fits(line)),
};

const ADDRESS_SPACE = 2 ** 32;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const TIME: Kind = { says: `a time in ms from 0 to ${LONGEST_TIMER_MS}`, fits: isTime };
const BYTES = whole(1, ADDRESS_SPACE);

type Table<T> = Readonly<Record<keyof Required<T>, Kind>>;

const JOB: Table<JobOptions> = { onEvent: FUNCTION, signal: SIGNAL };

export const OPTIONS = {
  job: JOB,
  checksum: { ...JOB, prove: FLAG } satisfies Table<ChecksumOptions>,
  read: { ...JOB, once: FLAG } satisfies Table<ReadOptions>,
  erase: { ...JOB, erasePartial: FLAG } satisfies Table<EraseOptions>,
  unprotect: { ...JOB, eraseEverything: FLAG } satisfies Table<UnprotectOptions>,
  verify: { ...JOB, file: TEXT, only: oneOf("flash") } satisfies Table<VerifyOptions>,
  write: {
    ...JOB,
    only: oneOf("flash"),
    erasePartial: FLAG,
    full: FLAG,
    check: oneOf("warn", "refuse", "off"),
    file: TEXT,
    assume: IMAGE,
    keepBootloader: FLAG,
    allowLockout: FLAG,
    dryRun: FLAG,
    leave: oneOf("stay", "go", "reset"),
    startOnFailure: FLAG,
  } satisfies Table<WriteOptions>,
  scan: { all: FLAG, signal: SIGNAL },
  connect: {
    ...JOB,
    address: whole(0, 0xff), // which of these are addresses is for the target to say
    baud: kindOf("number", "a number"),
    mode: TEXT,
    chip: TEXT,
    flashSize: BYTES,
    pageSize: BYTES,
    layout: TEXT,
    force: FLAG,
    maxFrame: whole(1, 0xffff),
    waitMs: TIME,
    waitDeviceMs: TIME,
    waitChipMs: TIME,
    resetSequence: TEXT,
    lines: LINES,
    crcProgram: oneOf("auto", "always", "never"),
    onTrace: FUNCTION,
  } satisfies Table<ConnectOptions>,
} as const;

/** @throws BootlaceError USAGE for an option that is not known or has a value of another kind; undefined is as if left away */
export function checkOptions(job: keyof typeof OPTIONS, options: unknown): void {
  if (!isObject(options)) throw usage(`options are an object, not ${shown(options)}`);
  const table: Readonly<Record<string, Kind>> = OPTIONS[job];
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!kind) throw usage(`there is no option "${name}" here; there are ${Object.keys(table).join(", ")}`);
    if (value !== undefined && !kind.fits(value))
      throw usage(`the option "${name}" is ${kind.says}, not ${shown(value)}`);
  }
}

/** @throws BootlaceError USAGE for a target that is neither text, nor what parseTarget makes of it, nor a transport */
export function checkConnect(target: unknown, options: unknown): void {
  if (!TEXT.fits(target) && !(isObject(target) && (isTransport(target) || isTargetAddress(target))))
    throw usage(
      `a target is text like "i2c:/dev/i2c-1@0x56", what parseTarget makes of it, or a transport, not ${shown(target)}`,
    );
  checkOptions("connect", options);
}

const isTransport = ({ exchange, traits }: Readonly<Record<string, unknown>>): boolean =>
  FUNCTION.fits(exchange) && isObject(traits);

/** The values are for those who open it. */
const isTargetAddress = ({ kind, path, chip, options }: Readonly<Record<string, unknown>>): boolean =>
  kind === "sim"
    ? TEXT.fits(chip) && isObject(options)
    : (kind === "i2c" || kind === "serial") && TEXT.fits(path);

/** @throws BootlaceError USAGE for what is no range, also for an empty one: nothing to do is no success */
export function checkRange(range: unknown): void {
  const { start, end } = isObject(range) ? range : {};
  if (ADDRESS.fits(start) && BYTES.fits(end) && (start as number) < (end as number)) return;
  throw usage(
    `a range is { start, end }, whole numbers with 0 <= start < end <= 2 ** 32, not ${isObject(range) ? `{ start: ${shown(start)}, end: ${shown(end)} }` : shown(range)}`,
  );
}

const ADDRESS = whole(0, ADDRESS_SPACE - 1);

/** The CRC unit takes whole words (AN4221 rev 14, Get Checksum). @throws BootlaceError USAGE */
export function checkWords({ start, end }: Range): void {
  if (start % 4 === 0 && end % 4 === 0) return;
  throw usage(
    `the checksum is one of 32-bit words: ${hex(start)} to ${hex(end - 1)} does not begin and end with a word`,
  );
}

function inOrder(segments: unknown): boolean {
  let end = 0;
  return (
    Array.isArray(segments) &&
    segments.every((segment: unknown) => {
      const { address, bytes } = isObject(segment) ? segment : {};
      const fits = ADDRESS.fits(address) && bytes instanceof Uint8Array && (address as number) >= end;
      if (fits) end = (address as number) + bytes.length;
      return fits && end <= ADDRESS_SPACE;
    })
  );
}

/** Of a vector table: it is read in words. @throws BootlaceError USAGE */
export function checkAddress(address: unknown): void {
  if (!ADDRESS.fits(address)) throw usage(`an address is ${ADDRESS.says}, not ${shown(address)}`);
  if ((address as number) % 4 !== 0)
    throw usage(`a vector table begins at a multiple of 4, not at ${shown(address)}`);
}

/** @throws BootlaceError USAGE */
export function checkIsImage(image: unknown): void {
  if (IMAGE.fits(image)) return;
  throw usage(`the image is ${IMAGE.says}, as loadImage and parseImage give it, not ${shown(image)}`);
}

/** @throws BootlaceError USAGE for anything but "all", { bank } and a range */
export function checkEraseWhat(what: unknown): void {
  if (what === "all") return;
  if (isObject(what) && "bank" in what) {
    const { bank, ...more } = what;
    if (Object.keys(more).length > 0) throw usage("a bank or a range is erased, not both");
    if (bank === 1 || bank === 2) return;
    throw usage(`a bank is 1 or 2, not ${shown(bank)}`);
  }
  if (!isObject(what)) throw usage(`what to erase is "all", { bank } or { start, end }, not ${shown(what)}`);
  checkRange(what);
}

/** Sector numbers are one byte in Write Protect (AN4221 rev 14, AN3155 rev 20). */
const SECTOR = whole(0, 255);

/** @throws BootlaceError USAGE for anything but { readout: true } and { writeSectors: [...] } */
export function checkProtectWhat(what: unknown): void {
  const { readout, writeSectors, ...more } = isObject(what) ? what : {};
  const one = (readout === true) !== (writeSectors !== undefined);
  if (!isObject(what) || !one || Object.keys(more).length > 0 || (readout !== undefined && readout !== true))
    throw usage(`what to protect is { readout: true } or { writeSectors: [0, 1] }, not ${shown(what)}`);
  if (readout === true) return;
  if (Array.isArray(writeSectors) && writeSectors.length > 0 && writeSectors.every(SECTOR.fits)) return;
  throw usage(
    `writeSectors is a list of at least one sector, each ${SECTOR.says}, not ${shown(writeSectors)}`,
  );
}

/** @throws BootlaceError USAGE for anything but "readout" and "write", and for "readout" without its consent */
export function checkUnprotect(what: unknown, { eraseEverything }: UnprotectOptions): void {
  if (what !== "readout" && what !== "write")
    throw usage(`what to unprotect is "readout" or "write", not ${shown(what)}`);
  if (what === "write" && eraseEverything !== undefined)
    throw usage("lifting write protection erases nothing: eraseEverything has no meaning for it");
  if (what === "readout" && eraseEverything !== true)
    throw usage(
      "lifting readout protection erases the whole chip",
      "If that is what you want, say { eraseEverything: true }.",
    );
}

function isTime(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= LONGEST_TIMER_MS;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Short, and never a failure of its own: a getter or a toString of what was handed over is not called. */
function shown(value: unknown): string {
  if (typeof value === "string") return `"${value.slice(0, 40)}"`;
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" || typeof value === "symbol" ? `a ${typeof value}` : String(value);
}

const usage = (message: string, hint = "See the types of bootlace's functions."): BootlaceError =>
  new BootlaceError("USAGE", message, { hint });
