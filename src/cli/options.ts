/** Options that every verb with a chip has, and the adapter between our parsers and commander. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { BootlaceError } from "../errors.js";

export interface OutputOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly trace?: boolean;
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
export const collected =
  <T>(parse: (text: string) => T) =>
  (text: string, before: readonly T[] | undefined): readonly T[] => [...(before ?? []), parsed(parse)(text)];

const OUTPUT: Readonly<Record<string, string>> = {
  "--json": "JSON on stdout, see docs/cli.md",
  "-q, --quiet": "silent on success; with --json only the result",
  "--trace": "show every frame on the bus",
};

export const OUTPUT_FLAGS = Object.keys(OUTPUT);

export function addOutputOptions(command: Command): Command {
  for (const [flags, help] of Object.entries(OUTPUT))
    command.addOption(new Option(flags, help).helpGroup("Output:"));
  return command;
}

/** For verbs without a chip. */
export const jsonOption = (): Option => new Option("--json", OUTPUT["--json"]);

/** What is asked for by name because nothing brings it back. */
export const eraseEverythingOption = (): Option =>
  new Option("--yes-erase-everything", "needed to lift readout protection: the chip erases all of its flash");

export const dryRunOption = (): Option =>
  new Option("-n, --dry-run", "show the plan and stop: nothing is erased or written");

/** Consent to a write after which the bootloader may be out of reach. */
export const allowLockoutOption = (): Option =>
  new Option("--allow-lockout", "go on although BOOT0 will no longer reach the bootloader");

/** Examples under the help text; each line has at most 80 characters. */
export const addExamples = (command: Command, ...lines: readonly string[]): Command =>
  command.addHelpText("after", `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`);
