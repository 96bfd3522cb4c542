/** Options that several verbs share, and the adapter between our parsers and commander. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { BootlaceError } from "../errors.js";
import { parseBaud, parseMode } from "../transport/target.js";
import { parseI2cAddress, parseSeconds, parseSize, parseWhole } from "./args.js";

export interface OutputOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly trace?: boolean;
}

export interface TargetOptions extends OutputOptions {
  readonly port?: readonly string[];
  readonly address?: readonly number[];
  readonly manifest?: string;
  readonly baud?: number;
  readonly mode?: string;
  readonly chip?: string;
  readonly flashSize?: number;
  readonly pageSize?: number;
  readonly force?: boolean;
  readonly maxFrame?: number;
  readonly wait?: number;
  readonly layout?: string;
  readonly resetSequence?: string;
  readonly line?: readonly (readonly [name: string, line: string])[];
}

/** Our parsers throw USAGE; commander puts the option's name in front of what this throws. */
export const parsed =
  <T>(parse: (text: string) => T) =>
  (text: string): T => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof BootlaceError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };

/** For options that may be repeated. */
const collected =
  <T>(parse: (text: string) => T) =>
  (text: string, before: readonly T[] | undefined): readonly T[] => [...(before ?? []), parsed(parse)(text)];

/** 32 bytes of data with framing and alignment: the least of the transports. */
const LEAST_FRAME = 36;

/** @param several the verb can do several targets in one go */
export function addTargetOptions(command: Command, several = false): Command {
  const group = (option: Option): Option => option.helpGroup("Target:");
  const again = several ? "; may be repeated" : "";
  command
    .addOption(
      group(
        new Option(
          "-p, --port <target>",
          `where the chip is: /dev/i2c-1, /dev/ttyS1, sim:stm32g071, … [BOOTLACE_PORT]${again}`,
        ),
      ).argParser(collected((text) => text)),
    )
    .addOption(
      group(
        new Option("-a, --address <address>", `7-bit I2C address, like 0x56 [BOOTLACE_ADDRESS]${again}`),
      ).argParser(collected(parseI2cAddress)),
    );
  if (several) {
    command.addOption(group(new Option("--manifest <file>", "JSON file that lists several targets")));
  }
  return command
    .addOption(
      group(new Option("--chip <name>", "the chip expected, like stm32g071; another one is refused")),
    )
    .addOption(
      group(new Option("--baud <rate>", "of a serial port (default: 115200)")).argParser(parsed(parseBaud)),
    )
    .addOption(
      group(new Option("--mode <mode>", "of a serial port: 8e1 (default) or 8n1")).argParser(
        parsed(parseMode),
      ),
    )
    .addOption(group(new Option("--reset-sequence <steps>", "drive BOOT0 and NRST: a preset or steps")))
    .addOption(
      group(
        new Option("--line <name=line>", "a line of the sequence, like boot0=GPIO17; may be repeated"),
      ).argParser(collected(parseLine)),
    )
    .addOption(
      group(new Option("--wait <time>", "wait for a target in use, like 10 or 500ms")).argParser(
        parsed(parseSeconds),
      ),
    )
    .addOption(
      group(new Option("--flash-size <size>", "of a chip the table does not know, like 128k")).argParser(
        parsed(parseSize),
      ),
    )
    .addOption(
      group(new Option("--page-size <size>", "of a chip the table does not know, like 2k")).argParser(
        parsed(parseSize),
      ),
    )
    .addOption(
      group(new Option("--layout <name>", "of the flash under other option bytes, see docs/devices.md")),
    )
    .addOption(
      group(new Option("--max-frame <bytes>", "longest frame the adapter takes")).argParser(
        parsed((text) => parseWhole(text, LEAST_FRAME, 258)),
      ),
    )
    .addOption(group(new Option("--force", "use an address that a kernel driver has bound")));
}

function parseLine(text: string): readonly [string, string] {
  const [, name, line] = /^([a-z][a-z0-9_-]*)=(.+)$/i.exec(text) ?? [];
  if (name === undefined || line === undefined) {
    throw new BootlaceError("USAGE", "NAME=LINE is expected, like boot0=GPIO17 or nrst=gpiochip0:27.");
  }
  return [name.toLowerCase(), line];
}

export function addOutputOptions(command: Command): Command {
  const group = (option: Option): Option => option.helpGroup("Output:");
  return command
    .addOption(group(new Option("--json", "JSON on stdout, see docs/cli.md")))
    .addOption(group(new Option("-q, --quiet", "silent on success")))
    .addOption(group(new Option("--trace", "show every frame on the bus")));
}

/** Examples under the help text; each line has at most 80 characters. */
export const addExamples = (command: Command, ...lines: readonly string[]): Command =>
  command.addHelpText("after", `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`);
