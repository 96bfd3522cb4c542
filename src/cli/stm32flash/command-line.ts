/** The options of stm32flash 0.7 as one object. Strict: what is not understood is refused before anything is opened. */
import { isSerialMode, type SerialMode } from "../../transport/serial/mode.js";
import type { Action } from "./action.js";
import { getopt, type Option } from "./getopt.js";
import { parseSignals, type Signals } from "./signals.js";
import { parseNumber } from "./numbers.js";
import { checkActions } from "./unused.js";
import { usageError } from "./usage-error.js";

/** -s and -e, or -S. */
export interface Place {
  /** -S; undefined: start of flash. */
  readonly start?: number | undefined;
  /** -S, in bytes. */
  readonly length?: number | undefined;
  /** -s: counts pages from the start of flash. */
  readonly startPage?: number | undefined;
  /** -e; 0: erase nothing. */
  readonly pages?: number | undefined;
}

/** -F, in bytes; undefined: as long as the protocol and the port allow. */
export interface FrameLimits {
  readonly rx?: number | undefined;
  readonly tx?: number | undefined;
}

export interface CommandLine {
  readonly help: boolean;
  readonly device: string;
  readonly action: Action;
  /** Of -r or -w; "-" is standard output or input. */
  readonly file: string;
  readonly place: Place;
  /** -v */
  readonly verify: boolean;
  /** -f */
  readonly raw: boolean;
  /** -n */
  readonly retries: number;
  /** -g; 0: start of flash. */
  readonly go?: number | undefined;
  /** -R */
  readonly reset: boolean;
  /** -c */
  readonly resume: boolean;
  /** -a, 7 bits. */
  readonly address?: number | undefined;
  readonly baud: number;
  readonly mode: SerialMode;
  readonly frames: FrameLimits;
  readonly signals?: Signals;
  /** Of the options that were given. */
  readonly letters: ReadonlySet<string>;
}

export const LETTERS = "a:b:m:r:w:e:vn:g:jkfcChuos:S:F:i:R";

/** What 0.7 knows; any other rate it refuses. */
export const BAUD_RATES = [
  1200, 1800, 2400, 4800, 9600, 14_400, 19_200, 38_400, 56_000, 57_600, 115_200, 128_000, 230_400, 256_000,
  460_800, 500_000, 576_000, 921_600, 1_000_000, 1_152_000, 1_500_000, 2_000_000, 2_500_000, 3_000_000,
  3_500_000, 4_000_000,
];

const DEFAULTS: CommandLine = {
  help: false,
  device: "",
  action: "info",
  file: "",
  place: {},
  verify: false,
  raw: false,
  retries: 10,
  reset: false,
  resume: false,
  baud: 57_600,
  mode: "8e1",
  frames: {},
  letters: new Set(),
};

/** @throws BootlaceError USAGE */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { options, operands } = getopt(argv, LETTERS);
  if (options.some(({ letter }) => letter === "h")) return { ...DEFAULTS, help: true };
  let line: CommandLine = DEFAULTS;
  for (const option of options) line = { ...line, ...READERS[option.letter]!(option.argument, line, option) };
  const [device, ...more] = operands;
  if (device === undefined || device === "") throw usageError("no device is named");
  if (more.length > 0) throw usageError(`one device is enough: "${more[0]!}" comes after "${device}"`);
  checkTogether(line);
  const letters = new Set(options.map(({ letter }) => letter));
  checkActions(line.action, letters);
  return { ...line, device, letters };
}

type Reader = (argument: string, line: CommandLine, option: Option) => Partial<CommandLine>;

const READERS: Readonly<Record<string, Reader>> = {
  a: (text) => ({ address: parseNumber(text, "-a", { to: 0x7f }) }),
  b: (text) => ({ baud: parseBaud(text) }),
  m: (text) => ({ mode: parseMode(text) }),
  r: (file, line) => ({ ...act(line, "read"), file }),
  w: (file, line) => ({ ...act(line, "write"), file }),
  o: (_, line) => act(line, "erase"),
  C: (_, line) => act(line, "crc"),
  u: (_, line) => act(line, "write unprotect"),
  j: (_, line) => act(line, "read protect"),
  k: (_, line) => act(line, "read unprotect"),
  e: (text, { place }) => ({ place: { ...place, pages: parseNumber(text, "-e", { to: 0xffff }) } }),
  s: (text, { place }) => ({ place: { ...place, startPage: parseNumber(text, "-s", { to: 0xffff }) } }),
  S: (text, { place }) => ({ place: { ...place, ...parseSpan(text) } }),
  F: (text) => ({ frames: parseFrames(text) }),
  n: (text) => ({ retries: parseNumber(text, "-n") }),
  g: (text) => ({ go: parseNumber(text, "-g") }),
  i: (text) => ({ signals: parseSignals(text) }),
  v: () => ({ verify: true }),
  f: () => ({ raw: true }),
  c: () => ({ resume: true }),
  R: () => ({ reset: true }),
};

function act({ action }: CommandLine, wanted: Action): Partial<CommandLine> {
  if (action === "info") return { action: wanted };
  if (action === wanted) throw usageError(`"${action}" is asked for twice`);
  throw usageError(`"${action}" and "${wanted}" cannot be done by one command`);
}

function parseBaud(text: string): number {
  const baud = parseNumber(text, "-b");
  if (BAUD_RATES.includes(baud)) return baud;
  throw usageError(`-b: ${text} is none of the rates ${BAUD_RATES.join(" ")}`);
}

/** @throws BootlaceError USAGE, also for 7 data bits, with which no bootloader could be spoken to */
function parseMode(text: string): SerialMode {
  const mode = text.toLowerCase();
  if (isSerialMode(mode)) return mode;
  throw usageError(`-m: "${text}" is not a mode that bootloaders have: 8e1, 8n1, 8o1, 8e2, 8n2, 8o2`);
}

/** "address", "address:length" or ":length". */
function parseSpan(text: string): Pick<Place, "start" | "length"> {
  const [, address = "", length] = /^([^:]*)(?::(.*))?$/.exec(text) ?? [];
  const start = address === "" ? undefined : parseNumber(address, "-S address");
  const bytes = length === undefined ? undefined : parseNumber(length, "-S length", { from: 1 });
  if (start === undefined && bytes === undefined)
    throw usageError("-S names neither an address nor a length");
  if (start !== undefined && start % 4 !== 0)
    throw usageError(`-S: the address ${text} is not a multiple of 4`);
  return { start, length: bytes };
}

/** The longest frames of the protocol: 256 bytes read, 256 written with count and checksum (AN3155, AN4221). */
const MOST_RX = 256;
const MOST_TX = 258;
/** The reply of Get, and a page list of one page. */
const LEAST_RX = 20;
const LEAST_TX = 6;

/** "rx", "rx:tx" or ":tx"; more than the protocol has means no limit. */
function parseFrames(text: string): FrameLimits {
  const [, rxText = "", txText = ""] = /^([^:]*)(?::(.*))?$/.exec(text) ?? [];
  const rx = limit(rxText, "-F RX length", LEAST_RX, MOST_RX);
  const tx = limit(txText, "-F TX length", LEAST_TX, MOST_TX);
  return { rx, tx };
}

function limit(text: string, what: string, least: number, most: number): number | undefined {
  if (text === "") return undefined;
  const value = parseNumber(text, what, { from: least });
  return value > most ? undefined : value;
}

function checkTogether({ place }: CommandLine): void {
  const byPage = (place.startPage ?? 0) > 0 || (place.pages ?? 0) > 0; // -e 0 is about erasing
  const byAddress = place.start !== undefined || place.length !== undefined;
  if (byPage && byAddress)
    throw usageError("-s and -e count pages, -S names an address: one command takes one of the two ways");
}
