/** The options that say which chip and how to reach it. Each stands here once: its name, type, parser, help and default. */
import { type Command, Option } from "commander";
import { BootlaceError } from "../errors.js";
import type { ConnectOptions } from "../flash/target.js";
import { parseI2cAddress } from "../transport/i2c/address.js";
import { LEAST_MESSAGE, MAX_WRITE } from "../transport/i2c/frame-limits.js";
import { DEFAULT_BAUD, DEFAULT_MODE } from "../transport/serial/mode.js";
import { parseBaud, parseMode } from "../transport/target.js";
import { parseSeconds, parseSize, parseWhole } from "./args.js";
import { collected, type OutputOptions, parsed } from "./options.js";

interface Row {
  /** Of commander. The long one gives the name of the field below. */
  readonly flags: string;
  readonly help: string;
  /** Undefined: a switch. */
  readonly parse?: (text: string) => unknown;
  /** It may be repeated. "targets": where the verb takes several. */
  readonly repeats?: "always" | "targets";
  /** A number in a file, where text is allowed too. */
  readonly numeric?: true;
  /** A switch that can be set to no too. */
  readonly no?: { readonly flags: string; readonly help: string };
}

const text = (value: string): string => value;

export const TARGET_OPTIONS = {
  port: {
    flags: "-p, --port <target>",
    help: "where the chip is: /dev/i2c-1, /dev/ttyS1, sim:stm32g071, …",
    parse: text,
    repeats: "targets",
  },
  address: {
    flags: "-a, --address <address>",
    help: "7-bit I2C address, like 0x56",
    parse: parseI2cAddress,
    repeats: "targets",
  },
  chip: {
    flags: "--chip <name>",
    help: "the chip expected, like stm32g071; another one is refused",
    parse: text,
  },
  baud: {
    flags: "--baud <rate>",
    help: `of a serial port (default: ${DEFAULT_BAUD})`,
    parse: parseBaud,
    numeric: true,
  },
  mode: {
    flags: "--mode <mode>",
    help: `of a serial port: 8n1, ... (default: ${DEFAULT_MODE})`,
    parse: parseMode,
  },
  resetSequence: {
    flags: "--reset-sequence <steps>",
    help: "drive BOOT0 and NRST: a preset or steps",
    parse: text,
  },
  line: {
    flags: "--line <name=line>",
    help: "a line of the sequence, like boot0=GPIO17",
    parse: parseLine,
    repeats: "always",
  },
  wait: {
    flags: "--wait <time>",
    help: "wait for a target in use, like 10 or 500ms",
    parse: parseSeconds,
    numeric: true,
  },
  waitDevice: {
    flags: "--wait-device <time>",
    help: "wait for a device that is not there yet, like 10 or 500ms",
    parse: parseSeconds,
    numeric: true,
  },
  waitChip: {
    flags: "--wait-chip <time>",
    help: "wait for a chip that does not answer yet",
    parse: parseSeconds,
    numeric: true,
  },
  flashSize: {
    flags: "--flash-size <size>",
    help: "of a chip the table does not know, like 128k",
    parse: parseSize,
    numeric: true,
  },
  pageSize: {
    flags: "--page-size <size>",
    help: "of a chip the table does not know, like 2k",
    parse: parseSize,
    numeric: true,
  },
  layout: {
    flags: "--layout <name>",
    help: "of the flash under other option bytes, see docs/devices.md",
    parse: text,
  },
  maxFrame: {
    flags: "--max-frame <bytes>",
    help: "longest frame the adapter takes",
    parse: (bytes: string) => parseWhole(bytes, LEAST_MESSAGE, MAX_WRITE),
    numeric: true,
  },
  crcProgram: {
    flags: "--crc-program",
    help: "compare and verify by a program in the chip's RAM, which resets it, where its ROM has no checksum; without reset lines too",
    no: { flags: "--no-crc-program", help: "never by such a program" },
  },
  force: { flags: "--force", help: "use an address that a kernel driver has bound" },
} as const satisfies Readonly<Record<string, Row>>;

export type TargetOptionName = keyof typeof TARGET_OPTIONS;

type ValueOf<R extends Row> = R extends { readonly parse: (text: string) => infer T } ? T : boolean;
type Given<R extends Row> = R extends { readonly repeats: string } ? readonly ValueOf<R>[] : ValueOf<R>;

type Rows = typeof TARGET_OPTIONS;

/** As commander hands them over. */
export type TargetOptions = OutputOptions & {
  readonly [N in TargetOptionName]?: Given<Rows[N]> | undefined;
} & {
  readonly target?: readonly string[] | undefined;
  readonly manifest?: string | undefined;
};

/** What is said of one chip: by the command line, the environment or a file. */
export type Settings = {
  readonly [N in TargetOptionName]?:
    (N extends "port" | "address" ? ValueOf<Rows[N]> : Given<Rows[N]>) | undefined;
};

/** @param several the verb can do several targets in one go */
export function addTargetOptions(command: Command, several = false): Command {
  for (const row of Object.values<Row>(TARGET_OPTIONS)) {
    command.addOption(optionOf(row, several));
    if (row.no) command.addOption(targetGroup(new Option(row.no.flags, row.no.help)));
  }
  return addFileOptions(command, several);
}

/** For verbs that look at a place without a chip. */
export function addPlaceOptions(command: Command): Command {
  const { port, address } = TARGET_OPTIONS;
  return addFileOptions(command.addOption(optionOf(port, false)).addOption(optionOf(address, false)), false);
}

const TARGET_FLAG = "--target <name>";
const MANIFEST_FLAG = "--manifest <file>";
export const FILE_FLAGS = [TARGET_FLAG, MANIFEST_FLAG];

function addFileOptions(command: Command, several: boolean): Command {
  const again = several ? "; may be repeated" : "";
  return command
    .addOption(
      targetGroup(new Option(TARGET_FLAG, `one of the file of targets${again}`)).argParser(collected(text)),
    )
    .addOption(
      targetGroup(
        new Option(MANIFEST_FLAG, `file of targets${several ? "; without --target: all of it" : ""}`),
      ),
    );
}

function optionOf({ flags, help, parse, repeats }: Row, several: boolean): Option {
  const again = repeats === "always" || (repeats === "targets" && several);
  const option = targetGroup(new Option(flags, again ? `${help}; may be repeated` : help));
  if (parse === undefined) return option;
  return repeats === undefined ? option.argParser(parsed(parse)) : option.argParser(collected(parse));
}

/** "BOOTLACE_RESET_SEQUENCE" of resetSequence. */
export const variableOf = (name: string): string =>
  `BOOTLACE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

const targetGroup = (option: Option): Option =>
  option.helpGroup("Target (or BOOTLACE_PORT, BOOTLACE_RESET_SEQUENCE, ..., or a file):");

/** What `connect` takes of them. Where the target is, is its address. */
export function connectOptions(settings: Settings): ConnectOptions {
  const { chip, resetSequence, line, flashSize, pageSize, layout, maxFrame, force } = settings;
  const lines = line === undefined ? undefined : Object.fromEntries(line);
  const crcProgram = { undefined: undefined, true: "always", false: "never" } as const;
  return {
    chip,
    resetSequence,
    lines,
    waitMs: settings.wait,
    waitDeviceMs: settings.waitDevice,
    waitChipMs: settings.waitChip,
    flashSize,
    pageSize,
    layout,
    maxFrame,
    crcProgram: crcProgram[`${settings.crcProgram}`],
    force,
  };
}

function parseLine(text: string): readonly [name: string, line: string] {
  const [, name, line] = /^([a-z][a-z0-9_-]*)=(.+)$/i.exec(text) ?? [];
  if (name === undefined || line === undefined) {
    throw new BootlaceError("USAGE", "NAME=LINE is expected, like boot0=GPIO17 or nrst=gpiochip0:27.");
  }
  return [name.toLowerCase(), line];
}
