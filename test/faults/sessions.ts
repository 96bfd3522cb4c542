/** What is done with the chip in a trial, and how to tell whether it was done: by looking into the chip, not by asking the host. */
import type { Target } from "../../src/flash/target.js";
import type { WriteOptions, WriteResult } from "../../src/flash/job.js";
import { MemoryImage } from "../../src/image/image.js";
import { noise } from "../support/sim-target.js";
import {
  ASKED,
  ASKED_AND,
  BANKS,
  BASE,
  ECC,
  HASTY,
  holds,
  SMALL,
  TINY,
  ZERO,
  type Model,
  type Rig,
} from "./rig.js";

export interface Session {
  readonly name: string;
  readonly model: Model;
  /** What the flash holds at first. */
  readonly flash: Uint8Array;
  readonly readoutLevel?: 0 | 1;
  /** The programs that may be started: whole, never a mixture. */
  readonly programs: readonly MemoryImage[];
  run(target: Target): Promise<unknown>;
  /** @returns what is not as the resolved promise says */
  wrong(rig: Rig, result: unknown): string | undefined;
  /** @returns what a failed run must not have touched and has */
  harm(rig: Rig): string | undefined;
}

interface Part {
  readonly at: number;
  readonly bytes: Uint8Array;
}

const PAGE = 512;

function flashOf(size: number, ...parts: readonly Part[]): Uint8Array {
  return flashOn(0xff, size, ...parts);
}

function flashOn(erased: 0x00 | 0xff, size: number, ...parts: readonly Part[]): Uint8Array {
  const flash = new Uint8Array(size).fill(erased);
  for (const { at, bytes } of parts) flash.set(bytes, at);
  return flash;
}

const imageOf = (...parts: readonly Part[]): MemoryImage =>
  new MemoryImage(parts.map(({ at, bytes }) => ({ address: BASE + at, bytes })));

const patched = (bytes: Uint8Array, at: number, seed: number, length = 16): Uint8Array => {
  const out = bytes.slice();
  out.set(noise(length, seed), at);
  return out;
};

/** Says what is no longer as it was in the bytes [from, to) of the flash. */
const differs = (
  rig: Rig,
  before: Uint8Array,
  [from, to]: readonly [from: number, to: number],
  what: string,
): string | undefined =>
  Buffer.compare(rig.flash.subarray(from, to), before.subarray(from, to)) === 0
    ? undefined
    : `${what} (${from} to ${to}) is not what it was`;

// ---- writing onto an old program, with other data behind it ----

/** Three pages and a bit. */
const OLD = noise(3 * PAGE + 200, 1, BASE);
/** Differs in the first, the third and the fourth page. */
const NEW = patched(patched(patched(OLD, 40, 2), 2 * PAGE + 100, 3, 300), 3 * PAGE + 8, 4, 150);
/** Differs in the third page only: the vectors stay as they are. */
const NEW_BEHIND = patched(OLD, 2 * PAGE + 100, 5, 64);
/** In the last page of the program, and two pages behind it. */
const OTHER: readonly Part[] = [
  { at: 3 * PAGE + 256, bytes: noise(128, 7) },
  { at: 6 * PAGE, bytes: noise(200, 8) },
];

interface WriteSession {
  readonly name: string;
  readonly flash: Uint8Array;
  readonly old?: Uint8Array;
  readonly image: Uint8Array;
  readonly options?: WriteOptions;
  readonly model?: Model;
  /** Size of a page, and of the program in whole pages. */
  readonly pageBytes?: number;
}

function writeSession({
  name,
  flash,
  old,
  image: bytes,
  options = {},
  model = TINY,
  pageBytes = PAGE,
}: WriteSession): Session {
  const image = imageOf({ at: 0, bytes });
  const ownPages = Math.ceil(bytes.length / pageBytes) * pageBytes;
  return {
    name,
    model,
    flash,
    programs: [image, ...(old ? [imageOf({ at: 0, bytes: old })] : [])],
    run: (target) => target.write(image, { check: "off", ...options }),
    wrong: (rig, result) => {
      if (!holds(rig.flash, image)) return "the flash does not hold the image";
      const { left } = result as WriteResult;
      if (left === "running" && rig.chip.jumpTarget !== BASE) return "the program was not started";
      return differs(rig, flash, [bytes.length, flash.length], "what lies behind the image");
    },
    // Between erase and write of a page that the image covers in part, what else is in it exists in the host only.
    harm: (rig) => differs(rig, flash, [ownPages, flash.length], "what lies in other pages"),
  };
}

const OLD_FLASH = flashOf(8 * PAGE, { at: 0, bytes: OLD }, ...OTHER);

/** 16 KiB in which each page begins with some bytes and is blank else: short to write, all of it different. */
const sparse = (seed: number): Uint8Array => {
  const bytes = new Uint8Array(0x4000).fill(0xff);
  for (let page = 0; page < 8; page++)
    bytes.set(noise(page === 0 ? 300 : 100, seed + page, page === 0 ? BASE : undefined), page * 2048);
  return bytes;
};

const WRITES: readonly Session[] = [
  writeSession({ name: "write and go", flash: OLD_FLASH, old: OLD, image: NEW, options: { leave: "go" } }),
  writeSession({ name: "write, same first page", flash: OLD_FLASH, old: OLD, image: NEW_BEHIND }),
  writeSession({ name: "write onto blank", flash: flashOf(8 * PAGE), image: NEW }),
  writeSession({
    name: "write, nothing differs",
    flash: flashOf(8 * PAGE, { at: 0, bytes: NEW }),
    old: NEW,
    image: NEW,
  }),
  writeSession({
    name: "write whole chip",
    flash: sparse(20),
    old: sparse(20),
    image: sparse(40),
    model: SMALL,
    pageBytes: 2048,
  }),
  ...Object.entries({ "": ASKED, ...ASKED_AND }).map(([amiss, model]) =>
    writeSession({
      name: ["write, checksum program", ...(amiss === "" ? [] : [amiss])].join(", "),
      flash: sparse(20),
      old: sparse(20),
      image: sparse(40),
      model,
      pageBytes: 2048,
    }),
  ),
  writeSession({
    name: "write, erased reads 00",
    flash: flashOn(0x00, 0x1000, { at: 0, bytes: OLD.subarray(0, 700) }, { at: 1500, bytes: noise(100, 9) }),
    old: OLD.subarray(0, 700),
    image: patched(patched(OLD.subarray(0, 700), 300, 11), 650, 12, 50),
    model: ZERO,
    pageBytes: 128,
  }),
  writeSession({ name: "write, reads fault", flash: OLD_FLASH, old: OLD, image: NEW, model: ECC }),
  writeSession({ name: "write, early ACK", flash: OLD_FLASH, old: OLD, image: NEW, model: HASTY }),
];

// ---- data EEPROM, and banks whose numbers have to be asked ----

const EEPROM = 0x0808_0000;
/** Two commands, neither end at a word. */
const SETTINGS = { address: EEPROM + 2, bytes: noise(101, 30) };
const OLD_ZERO = flashOn(
  0x00,
  0x1000,
  { at: 0, bytes: OLD.subarray(0, 700) },
  { at: 1500, bytes: noise(100, 9) },
);

/** What lies beside it in the same words is blank, and stays. */
function eepromWrong({ chip }: Rig): string | undefined {
  const held = chip.peek(EEPROM, 128);
  const wanted = new Uint8Array(128);
  wanted.set(SETTINGS.bytes, 2);
  return Buffer.compare(held, wanted) === 0 ? undefined : "the EEPROM does not hold the settings";
}

function eepromSession(name: string, program: Uint8Array): Session {
  const flash = imageOf({ at: 0, bytes: program });
  const image = new MemoryImage([...flash.segments, SETTINGS]);
  const session = writeSession({ name, flash: OLD_ZERO, old: OLD.subarray(0, 700), image: program, model: ZERO, pageBytes: 128 }); // prettier-ignore
  return {
    ...session,
    run: (target) => target.write(image, { check: "off" }),
    wrong: (rig, result) => session.wrong(rig, result) ?? eepromWrong(rig),
  };
}

const BANK_2 = 0x4_0000;
/** Each page of which something is written holds something, so that it can be asked with. */
const OLD_BANKS: readonly Part[] = [
  { at: 0, bytes: noise(100, 40, BASE) },
  { at: BANK_2, bytes: noise(60, 41) },
  { at: BANK_2 + 2048, bytes: noise(60, 42) },
];
const NEW_BANKS: readonly Part[] = [
  { at: 0, bytes: noise(100, 43, BASE) },
  { at: BANK_2 + 2048, bytes: noise(80, 44) },
];
const BANKS_FLASH = flashOf(BANK_2 + 0x1_0000, ...OLD_BANKS, { at: 2048, bytes: noise(60, 45) });

/** The old program is all in bank 1: one that reaches into bank 2 lacks a page while its number is asked (docs/devices.md). */
const ASKING: Session = {
  name: "write, banks asked",
  model: BANKS,
  flash: BANKS_FLASH,
  programs: [imageOf(...OLD_BANKS.slice(0, 1)), imageOf(...NEW_BANKS)],
  run: (target) => target.write(imageOf(...NEW_BANKS), { check: "off" }),
  wrong: (rig) =>
    holds(rig.flash, imageOf(...NEW_BANKS)) ? elsewhere(rig) : "the flash does not hold the image",
  harm: (rig) => elsewhere(rig),
};

/** Every page but the two that are written. */
const elsewhere = (rig: Rig): string | undefined =>
  differs(rig, BANKS_FLASH, [2048, BANK_2 + 2048], "what lies between") ??
  differs(rig, BANKS_FLASH, [BANK_2 + 4096, BANKS_FLASH.length], "what lies behind");

const SPECIALS: readonly Session[] = [
  eepromSession("write, data EEPROM", patched(patched(OLD.subarray(0, 700), 300, 11), 650, 12, 50)),
  eepromSession("write, data EEPROM alone", OLD.subarray(0, 700)),
  ASKING,
];

// ---- reading ----

const RANGE = { start: BASE + 100, end: BASE + 900 };

const READ: Session = {
  name: "read",
  model: TINY,
  flash: OLD_FLASH,
  programs: [imageOf({ at: 0, bytes: OLD })],
  run: (target) => target.read(RANGE),
  wrong: (_, result) =>
    Buffer.compare(result as Uint8Array, OLD_FLASH.subarray(100, 900)) === 0
      ? undefined
      : "what was read is not what is there",
  harm: (rig) => differs(rig, OLD_FLASH, [0, OLD_FLASH.length], "the flash"),
};

const INFO: Session = {
  ...READ,
  name: "info",
  run: async (target) => ({ ...(await target.info()) }),
  wrong: (rig, result) => {
    const { uniqueId, productId, protocol, commands } = result as Awaited<ReturnType<Target["info"]>>;
    const uid = Buffer.from(rig.chip.peek(0x1fff_7590, 12)).toString("hex").toUpperCase();
    if (uniqueId !== uid) return `the unique ID ${uniqueId} is not ${uid}`;
    if (productId !== 0x460) return `the product ID ${productId} is wrong`;
    return commands.length < 11 || !/^[123]\.\d$/.test(protocol) ? "the commands are wrong" : undefined;
  },
};

function verifySession(name: string, image: MemoryImage, same: boolean): Session {
  return {
    ...READ,
    name,
    run: (target) => target.verify(image),
    wrong: (_, result) =>
      (result as { same: boolean }).same === same ? undefined : `it says ${same ? "different" : "the same"}`,
  };
}

const READS: readonly Session[] = [
  READ,
  INFO,
  verifySession("verify, same", imageOf({ at: 0, bytes: OLD }), true),
  verifySession(
    "verify, one bit differs",
    imageOf({ at: 0, bytes: OLD.map((byte, at) => (at === 1300 ? byte ^ 4 : byte)) }),
    false,
  ),
];

// ---- erasing ----

const blank = (rig: Rig, from: number, to: number): string | undefined =>
  rig.flash.subarray(from, to).every((byte) => byte === 0xff) ? undefined : `${from} to ${to} is not blank`;

const ERASES: readonly Session[] = [
  {
    name: "erase pages",
    model: TINY,
    flash: OLD_FLASH,
    programs: [],
    run: (target) => target.erase({ start: BASE + PAGE, end: BASE + 4 * PAGE }),
    wrong: (rig) =>
      blank(rig, PAGE, 4 * PAGE) ??
      differs(rig, OLD_FLASH, [0, PAGE], "the page before") ??
      differs(rig, OLD_FLASH, [4 * PAGE, 8 * PAGE], "what lies behind"),
    harm: (rig) =>
      differs(rig, OLD_FLASH, [0, PAGE], "the page before") ??
      differs(rig, OLD_FLASH, [4 * PAGE, 8 * PAGE], "what lies behind"),
  },
  {
    name: "erase all",
    model: SMALL,
    flash: sparse(20),
    programs: [],
    run: (target) => target.erase("all"),
    wrong: (rig) => blank(rig, 0, 0x4000),
    harm: () => undefined,
  },
];

// ---- protection ----

/** In force: what the chip holds itself to now, after the restart that the command ends with. */
const settled = (rig: Rig): number => {
  rig.clock.advance(100);
  return rig.chip.readoutLevel;
};

const untouched = (rig: Rig): string | undefined =>
  differs(rig, OLD_FLASH, [0, OLD_FLASH.length], "the flash");

const PROTECTIONS: readonly Session[] = [
  {
    ...READ,
    name: "protect readout",
    run: (target) => target.protect({ readout: true }),
    wrong: (rig) => (settled(rig) === 1 ? untouched(rig) : "the chip is not protected"),
    harm: untouched,
  },
  {
    ...READ,
    name: "unprotect readout",
    programs: [],
    readoutLevel: 1,
    run: (target) => target.unprotect("readout", { eraseEverything: true }),
    wrong: (rig) => (settled(rig) === 0 ? blank(rig, 0, OLD_FLASH.length) : "the chip is still protected"),
    harm: () => undefined,
  },
];

export const SESSIONS: readonly Session[] = [...WRITES, ...SPECIALS, ...READS, ...ERASES, ...PROTECTIONS];
