/**
 * Target addresses: where the chip is.
 *
 *   i2c:/dev/i2c-1@0x56   i2c:1@0x56   /dev/i2c-1   1          (address in the text or as an option)
 *   serial:/dev/ttyS1?baud=57600&mode=8n1   /dev/ttyUSB0   /dev/cu.usbserial-1   COM3
 *   sim:stm32g071?file=chip.bin
 *
 * Strict: what is not understood is an error that says what would be.
 */
import { BootlaceError, hex } from "../errors.js";
import { isSerialMode, MAX_BAUD, MIN_BAUD, SERIAL_MODES } from "./serial/mode.js";
import type { SerialMode } from "./serial/mode.js";

export type TargetAddress = I2cTarget | SerialTarget | SimTarget;

export interface I2cTarget {
  readonly kind: "i2c";
  /** "/dev/i2c-1" */
  readonly path: string;
  /** 7-bit. Not every command needs one. */
  readonly address?: number;
}

export interface SerialTarget {
  readonly kind: "serial";
  /** "/dev/ttyS1", "/dev/cu.usbserial-1", "COM3" */
  readonly path: string;
  readonly baud?: number;
  readonly mode?: SerialMode;
}

export interface SimTarget {
  readonly kind: "sim";
  /** As typed: "stm32g071". */
  readonly chip: string;
  /** What stands behind the question mark; the simulator checks names and values. */
  readonly options: Readonly<Record<string, string>>;
}

/** Options of the command line that belong to the target, as typed. */
export interface TargetOptions {
  readonly address?: string | undefined;
  readonly baud?: string | undefined;
  readonly mode?: string | undefined;
}

/**
 * @throws BootlaceError USAGE when the text is not understood, or says something else than an option
 */
export function parseTarget(text: string, options: TargetOptions = {}): TargetAddress {
  const [, scheme, rest] = /^(i2c|serial|sim):(.*)$/s.exec(text) ?? [];
  const target =
    scheme === undefined ? parseBare(text) : PARSERS[scheme as keyof typeof PARSERS](rest ?? "", text);
  return withOptions(target, options);
}

/** The text that parses to the same target. */
export function formatTarget(target: TargetAddress): string {
  if (target.kind === "i2c")
    return `i2c:${target.path}${target.address === undefined ? "" : `@${hex(target.address, 2)}`}`;
  if (target.kind === "serial") {
    const { baud, mode } = target;
    return `serial:${target.path}${formatQuery({ ...(baud && { baud: String(baud) }), ...(mode && { mode }) })}`;
  }
  return `sim:${target.chip}${formatQuery(target.options)}`;
}

/**
 * A 7-bit I2C address, "0x56" or "86".
 * @throws BootlaceError USAGE; says so when the number looks like the 8-bit form that some manuals print
 */
export function parseI2cAddress(text: string): number {
  if (!/^(0x[0-9a-f]+|[0-9]+)$/i.test(text))
    throw usage(`"${text}" is not an I2C address: write it as 0x56 or 86`);
  const address = Number(text);
  if (address >= 0x08 && address <= 0x7f) return address;
  const is8Bit = address > 0x7f && address <= 0xff;
  throw usage(
    `I2C address ${text} is not between 0x08 and 0x7F`,
    is8Bit
      ? `${hex(address, 2)} looks like the 8-bit form with the read/write bit; the 7-bit address is ${hex(address >> 1, 2)}.`
      : undefined,
  );
}

/** @throws BootlaceError USAGE */
export function parseBaud(text: string): number {
  const baud = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (baud >= MIN_BAUD && baud <= MAX_BAUD) return baud;
  throw usage(`"${text}" is not a baud rate: a whole number from ${MIN_BAUD} to ${MAX_BAUD}`);
}

/** In any case: "8E1" and "8e1". @throws BootlaceError USAGE */
export function parseMode(text: string): SerialMode {
  const mode = text.toLowerCase();
  if (isSerialMode(mode)) return mode;
  throw usage(`"${text}" is not a serial mode: one of ${Object.keys(SERIAL_MODES).join(", ")}`);
}

const PARSERS = {
  i2c: (rest: string, whole: string): TargetAddress => {
    const [, bus = "", address] = /^(.*?)(?:@([^@]*))?$/s.exec(rest) ?? [];
    if (bus === "") throw usage(`"${whole}" names no bus: write i2c:/dev/i2c-1@0x56`);
    if (bus.includes("?")) throw usage(`"${whole}": an I2C target takes no options behind "?"`);
    const path = /^\d+$/.test(bus) ? `/dev/i2c-${Number(bus)}` : bus;
    return { kind: "i2c", path, ...(address !== undefined && { address: parseI2cAddress(address) }) };
  },

  serial: (rest: string, whole: string): TargetAddress => {
    const { path, query } = splitQuery(rest, whole);
    if (path === "") throw usage(`"${whole}" names no port: write serial:/dev/ttyS1`);
    const { baud, mode, ...unknown } = query;
    for (const key of Object.keys(unknown))
      throw usage(`"${whole}": a serial port has no option "${key}"; there are baud and mode`);
    return {
      kind: "serial",
      path,
      ...(baud !== undefined && { baud: parseBaud(baud) }),
      ...(mode !== undefined && { mode: parseMode(mode) }),
    };
  },

  sim: (rest: string, whole: string): TargetAddress => {
    const { path: chip, query: options } = splitQuery(rest, whole);
    if (chip === "") throw usage(`"${whole}" names no chip: write sim:stm32g071`);
    return { kind: "sim", chip, options };
  },
} as const;

const SERIAL_NAME = /^(\/dev\/(tty|cu\.|pts\/|serial)|(\\\\\.\\)?COM\d+(\?|$))/i;

function parseBare(text: string): TargetAddress {
  if (text === "")
    throw usage("the target is empty: write for instance /dev/i2c-1, /dev/ttyUSB0 or sim:stm32g071");
  if (/^\d+$/.test(text) || /^\/dev\/i2c-\d+(@|$)/.test(text)) return PARSERS.i2c(text, text);
  if (SERIAL_NAME.test(text)) return PARSERS.serial(text, text);
  throw usage(
    `"${text}" could be anything: write i2c:${text}@0x56 or serial:${text}, or sim:NAME for a simulated chip`,
  );
}

function withOptions(target: TargetAddress, options: TargetOptions): TargetAddress {
  const name = formatTarget(target);
  if (target.kind === "i2c") {
    refuse(name, "an I2C bus", { "--baud": options.baud, "--mode": options.mode });
    const address = agreed(
      name,
      "address",
      target.address,
      options.address && parseI2cAddress(options.address),
    );
    return { ...target, ...(address !== undefined && { address }) };
  }
  if (target.kind === "sim") {
    refuse(name, "a simulated chip", { "--baud": options.baud, "--mode": options.mode });
    if (options.address === undefined) return target;
    const address = hex(parseI2cAddress(options.address), 2);
    return { ...target, options: { ...target.options, address } };
  }
  refuse(name, "a serial port", { "--address": options.address });
  const baud = agreed(name, "baud", target.baud, options.baud && parseBaud(options.baud));
  const mode = agreed(name, "mode", target.mode, options.mode && parseMode(options.mode));
  return { ...target, ...(baud !== undefined && { baud }), ...(mode !== undefined && { mode }) };
}

/** One value from the target's text and from the option; both may say it, if they say the same. */
function agreed<T extends number | string>(
  name: string,
  what: string,
  inText: T | undefined,
  option: T | "" | undefined,
): T | undefined {
  if (option === undefined || option === "") return inText;
  if (inText !== undefined && inText !== option) {
    const shown = (value: number | string) => (what === "address" ? hex(Number(value), 2) : String(value));
    throw usage(`${name} and --${what} ${shown(option)} contradict each other`);
  }
  return option;
}

function refuse(name: string, what: string, given: Record<string, string | undefined>): void {
  for (const [option, value] of Object.entries(given))
    if (value !== undefined) throw usage(`${option} has no meaning for ${what} (${name})`);
}

function splitQuery(text: string, whole: string): { path: string; query: Record<string, string> } {
  const at = text.indexOf("?");
  if (at < 0) return { path: text, query: {} };
  const query: Record<string, string> = {};
  for (const part of text.slice(at + 1).split("&")) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(part) ?? [];
    if (key === undefined || value === undefined)
      throw usage(`"${whole}": "${part}" is not of the form name=value`);
    if (Object.hasOwn(query, key)) throw usage(`"${whole}": ${key} is given twice`);
    query[key] = decode(value, whole);
  }
  return { path: text.slice(0, at), query };
}

function decode(value: string, whole: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw usage(`"${whole}": "${value}" has a "%" that is not followed by two hexadecimal digits; write %25`);
  }
}

const formatQuery = (query: Readonly<Record<string, string>>): string => {
  const parts = Object.entries(query).map(
    ([key, value]) => `${key}=${value.replace(/[%&]/g, encodeURIComponent)}`,
  );
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
};

const usage = (message: string, hint?: string): BootlaceError =>
  new BootlaceError("USAGE", message, hint === undefined ? {} : { hint });
