/**
 * Target addresses: where the chip is.
 *
 *   i2c:/dev/i2c-1@0x56   i2c:1@0x56   /dev/i2c-1   1          (address in the text or as an option)
 *   serial:/dev/ttyS1?baud=57600&mode=8n1   /dev/ttyUSB0   /dev/cu.usbserial-1   COM3
 *   spi:/dev/spidev0.0?hz=1000000   spi:0.0   /dev/spidev0.0
 *   sim:stm32g071?file=chip.bin
 *
 * Strict: what is not understood is an error that says what would be.
 */
import { checkArgument, TEXT } from "../arguments.js";
import { BootlaceError, hex } from "../errors.js";
import { isI2cAddress, parseI2cAddress } from "./i2c/address.js";
import { isSerialMode, MAX_BAUD, MIN_BAUD, SERIAL_MODES } from "./serial/mode.js";
import type { SerialMode } from "./serial/mode.js";
import { MAX_GAP_US, MAX_HZ, MIN_HZ } from "./spi/rate.js";

export type TargetAddress = I2cTarget | SerialTarget | SpiTarget | SimTarget;

export interface I2cTarget {
  readonly kind: "i2c";
  /** "/dev/i2c-1" */
  readonly path: string;
  /** 7-bit. Not every command needs one. */
  readonly address?: number | undefined;
}

export interface SerialTarget {
  readonly kind: "serial";
  /** "/dev/ttyS1", "/dev/cu.usbserial-1", "COM3" */
  readonly path: string;
  readonly baud?: number | undefined;
  readonly mode?: SerialMode | undefined;
}

export interface SpiTarget {
  readonly kind: "spi";
  /** "/dev/spidev0.0" */
  readonly path: string;
  /** Rate of the clock. */
  readonly hz?: number | undefined;
  /** Between two bytes, in µs. */
  readonly gapUs?: number | undefined;
}

export interface SimTarget {
  readonly kind: "sim";
  /** As typed: "stm32g071". */
  readonly chip: string;
  /** What stands behind the question mark; the simulator checks names and values. */
  readonly options: Readonly<Record<string, string>>;
}

/** What is said of a target beside its text. */
export interface TargetDetails {
  /** 7-bit I2C address. */
  readonly address?: number | undefined;
  readonly baud?: number | undefined;
  /** "8e1" or "8n1", ... */
  readonly mode?: string | undefined;
}

/** @throws BootlaceError USAGE when the text is not understood */
export function parseTarget(text: string): TargetAddress {
  checkArgument("text", TEXT, text);
  const [, scheme, rest] = /^(i2c|serial|spi|sim):(.*)$/s.exec(text) ?? [];
  return scheme === undefined ? parseBare(text) : PARSERS[scheme as keyof typeof PARSERS](rest ?? "", text);
}

/** The text that parses to the same target. */
export function formatTarget(target: TargetAddress): string {
  if (target.kind === "i2c")
    return `i2c:${target.path}${target.address === undefined ? "" : `@${hex(target.address, 2)}`}`;
  if (target.kind === "serial") {
    const { path, baud, mode } = target;
    return `serial:${path}${formatQuery({ baud: numberText(baud), mode })}`;
  }
  if (target.kind === "spi") {
    const { path, hz, gapUs } = target;
    return `spi:${path}${formatQuery({ hz: numberText(hz), gap: numberText(gapUs) })}`;
  }
  return `sim:${target.chip}${formatQuery(target.options)}`;
}

const numberText = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : String(value);

/** @throws BootlaceError USAGE */
export function parseBaud(text: string): number {
  const baud = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (isBaud(baud)) return baud;
  throw notBaud(text);
}

const isBaud = (baud: number): boolean => Number.isInteger(baud) && baud >= MIN_BAUD && baud <= MAX_BAUD;

const notBaud = (text: string | number): BootlaceError =>
  usage(`"${text}" is not a baud rate: a whole number from ${MIN_BAUD} to ${MAX_BAUD}`);

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
    if (address === undefined) return { kind: "i2c", path };
    return { kind: "i2c", path, address: partOf(whole, () => parseI2cAddress(address)) };
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
      baud: baud === undefined ? undefined : parseBaud(baud),
      mode: mode === undefined ? undefined : parseMode(mode),
    };
  },

  spi: (rest: string, whole: string): TargetAddress => {
    const { path: device, query } = splitQuery(rest, whole);
    if (device === "") throw usage(`"${whole}" names no device: write spi:/dev/spidev0.0`);
    const { hz, gap, ...unknown } = query;
    for (const key of Object.keys(unknown))
      throw usage(`"${whole}": an SPI device has no option "${key}"; there are hz and gap`);
    const path = /^\d+\.\d+$/.test(device) ? `/dev/spidev${device}` : device;
    return {
      kind: "spi",
      path,
      hz: hz === undefined ? undefined : spiNumber(hz, whole, HZ),
      gapUs: gap === undefined ? undefined : spiNumber(gap, whole, GAP),
    };
  },

  sim: (rest: string, whole: string): TargetAddress => {
    const { path: chip, query: options } = splitQuery(rest, whole);
    if (chip === "") throw usage(`"${whole}" names no chip: write sim:stm32g071`);
    return { kind: "sim", chip, options };
  },
} as const;

const HZ = { name: "a clock rate in Hz", least: MIN_HZ, most: MAX_HZ } as const;
const GAP = { name: "a gap in µs", least: 0, most: MAX_GAP_US } as const;

type SpiNumber = typeof HZ | typeof GAP;

const spiNumber = (text: string, whole: string, what: SpiNumber): number =>
  checked(/^[0-9]+$/.test(text) ? Number(text) : text, whole, what);

function checked(value: number | string, whole: string, { name, least, most }: SpiNumber): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw usage(`"${whole}": "${value}" is not ${name}: a whole number from ${least} to ${most}`);
}

/** What a part of the target's text is refused for, with the whole text in front. */
function partOf<T>(whole: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof BootlaceError ? usage(`"${whole}": ${error.message}`, error.context.hint) : error;
  }
}

const I2C_NODE = /^\/dev\/i2c-\d+(@|$)/;
const SPI_NODE = /^\/dev\/spidev\d+\.\d+(\?|$)/;
const SERIAL_NAME = /^(\/dev\/(tty|cu\.|pts\/|serial)|(\\\\\.\\)?COM\d+(\?|$))/i;

function parseBare(text: string): TargetAddress {
  if (text === "")
    throw usage("the target is empty: write for instance /dev/i2c-1, /dev/ttyUSB0 or sim:stm32g071");
  if (/^\d+$/.test(text)) return PARSERS.i2c(text, text);
  const kind = kindOfDevice(text);
  if (kind !== undefined) return PARSERS[kind](text, text);
  if (kindOfDevice(`/dev/${text}`) !== undefined) throw usage(`"${text}" is no path: write /dev/${text}`);
  throw usage(
    `"${text}" could be anything: write i2c:${text}@0x56, serial:${text} or spi:${text}, or sim:NAME for a simulated chip`,
  );
}

/** What a device of this name is; undefined where the name does not tell. */
export function kindOfDevice(path: string): "i2c" | "serial" | "spi" | undefined {
  if (I2C_NODE.test(path)) return "i2c";
  if (SPI_NODE.test(path)) return "spi";
  return SERIAL_NAME.test(path) ? "serial" : undefined;
}

const KINDS = { i2c: "an I2C bus", spi: "an SPI device", sim: "a simulated chip" } as const;

/** @throws BootlaceError USAGE when a detail is out of range, has no meaning for this target, or says something else than its text */
export function withDetails(target: TargetAddress, { address, baud, mode }: TargetDetails): TargetAddress {
  const name = formatTarget(target);
  if (address !== undefined && !isI2cAddress(address))
    throw usage(`I2C address ${String(address)} is not between 0x08 and 0x7F`);
  if (target.kind === "serial") {
    refuse(name, "a serial port", { "--address": address });
    if (baud !== undefined && !isBaud(baud)) throw notBaud(baud);
    return {
      ...target,
      baud: agreed(name, "baud", target.baud, baud),
      mode: agreed(name, "mode", target.mode, mode === undefined ? undefined : parseMode(mode)),
    };
  }
  refuse(name, KINDS[target.kind], { "--baud": baud, "--mode": mode });
  if (target.kind === "spi") {
    refuse(name, KINDS.spi, { "--address": address });
    if (target.hz !== undefined) checked(target.hz, name, HZ);
    if (target.gapUs !== undefined) checked(target.gapUs, name, GAP);
    return target;
  }
  if (address === undefined) return target;
  if (target.kind === "i2c") return { ...target, address: agreed(name, "address", target.address, address) };
  const inText = target.options["address"];
  agreed(name, "address", inText === undefined ? undefined : Number(inText), address);
  return { ...target, options: { ...target.options, address: hex(address, 2) } };
}

/** One value from the target's text and from the option; both may say it, if they say the same. */
function agreed<T extends number | string>(
  name: string,
  what: string,
  inText: T | undefined,
  option: T | undefined,
): T | undefined {
  if (option === undefined) return inText;
  if (inText !== undefined && inText !== option) {
    const shown = (value: number | string) => (what === "address" ? hex(Number(value), 2) : String(value));
    throw usage(`${name} and --${what} ${shown(option)} contradict each other`);
  }
  return option;
}

function refuse(name: string, what: string, given: Record<string, unknown>): void {
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

const formatQuery = (query: Readonly<Record<string, string | undefined>>): string => {
  const parts = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${value.replace(/[%&]/g, encodeURIComponent)}`],
  );
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
};

const usage = (message: string, hint?: string): BootlaceError =>
  new BootlaceError("USAGE", message, hint === undefined ? {} : { hint });
