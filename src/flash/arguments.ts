/** What JavaScript can hand to `connect` and to a target. A word that is not understood must never be taken for the one that erases. */
import {
  ADDRESS,
  checkArgument,
  checkTable,
  FLAG,
  FUNCTION,
  isObject,
  NUMBER,
  oneOf,
  RANGE,
  shown,
  SIGNAL,
  SIZE,
  type Kind,
  type Table,
  TEXT,
  TIME,
  usage,
  whole,
} from "../arguments.js";
import type { Range } from "../devices/device.js";
import { hex } from "../errors.js";
import { IMAGE } from "../image/image.js";
import { TARGET_ADDRESS, TRANSPORT } from "../transport/arguments.js";
import type {
  ChecksumOptions,
  EraseOptions,
  JobOptions,
  ReadOptions,
  SetOptionsOptions,
  UnprotectOptions,
  VerifyOptions,
  WriteOptions,
} from "./job.js";
import type { ConnectOptions } from "./target.js";

const LINES: Kind = {
  says: "an object of lines by name",
  fits: (value) =>
    isObject(value) && Object.values(value).every((line) => line === undefined || TEXT.fits(line)),
};

const NAMES: Kind = {
  says: "a list of names",
  fits: (value) => Array.isArray(value) && value.every((name) => TEXT.fits(name)),
};

const JOB: Table<JobOptions> = { onEvent: FUNCTION, onProgress: FUNCTION, signal: SIGNAL };

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
  setOptions: {
    ...JOB,
    allowLockout: FLAG,
    oneWay: NAMES,
    dryRun: FLAG,
  } satisfies Table<SetOptionsOptions>,
  scan: { all: FLAG, signal: SIGNAL },
  connect: {
    ...JOB,
    address: whole(0, 0xff), // which of these are addresses is for the target to say
    baud: NUMBER,
    mode: TEXT,
    chip: TEXT,
    flashSize: SIZE,
    pageSize: SIZE,
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
export const checkOptions = (job: keyof typeof OPTIONS, options: unknown): void =>
  checkTable(OPTIONS[job], options);

/** @throws BootlaceError USAGE for a target that is neither text, nor what parseTarget makes of it, nor a transport */
export function checkConnect(target: unknown, options: unknown): void {
  if (!TEXT.fits(target) && !TARGET_ADDRESS.fits(target) && !TRANSPORT.fits(target))
    throw usage(
      `a target is text like "i2c:/dev/i2c-1@0x56", what parseTarget makes of it, or a transport, not ${shown(target)}`,
    );
  checkOptions("connect", options);
}

/** @throws BootlaceError USAGE for what is no range, also for an empty one: nothing to do is no success */
export function checkRange(range: unknown): void {
  if (RANGE.fits(range)) return;
  const { start, end } = isObject(range) ? range : {};
  throw usage(
    `a range is ${RANGE.says}, not ${isObject(range) ? `{ start: ${shown(start)}, end: ${shown(end)} }` : shown(range)}`,
  );
}

/** The CRC unit takes whole words (AN4221 rev 14, Get Checksum). @throws BootlaceError USAGE */
export function checkWords({ start, end }: Range): void {
  if (start % 4 === 0 && end % 4 === 0) return;
  throw usage(
    `the checksum is one of 32-bit words: ${hex(start)} to ${hex(end - 1)} does not begin and end with a word`,
  );
}

/** Of a vector table: it is read in words. @throws BootlaceError USAGE */
export function checkAddress(address: unknown): void {
  if (!ADDRESS.fits(address)) throw usage(`an address is ${ADDRESS.says}, not ${shown(address)}`);
  if ((address as number) % 4 !== 0)
    throw usage(`a vector table begins at a multiple of 4, not at ${shown(address)}`);
}

/** @throws BootlaceError USAGE */
export const checkIsImage = (image: unknown): void => checkArgument("image", IMAGE, image);

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

/** Of a field: 32 bits at most. */
const FIELD_VALUE = whole(0, 2 ** 32 - 1);

/** @throws BootlaceError USAGE for anything but whole numbers by name, at least one, or all option bytes */
export function checkOptionValues(values: unknown): void {
  if (values instanceof Uint8Array) return;
  const entries = isObject(values) && !Array.isArray(values) ? Object.entries(values) : [];
  if (entries.length === 0)
    throw usage(`option bytes are set by name, like { nBOOT_SEL: 0 }, not ${shown(values)}`);
  for (const [name, value] of entries)
    if (!FIELD_VALUE.fits(value)) throw usage(`${name} is ${FIELD_VALUE.says}, not ${shown(value)}`);
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
