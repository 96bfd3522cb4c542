/** What a shell may complete, from what --help is made of: the verbs, their options, and words that an option's value can be. */
import type { Command } from "commander";
import { CATALOGUE } from "../../devices/catalogue.js";
import { PRESETS } from "../../lines/presets.js";

export interface OptionWords {
  /** "--port", without dashes: "port". */
  readonly long: string;
  /** "p" */
  readonly short?: string | undefined;
  readonly help: string;
  readonly takesValue: boolean;
}

export interface VerbWords {
  readonly name: string;
  readonly summary: string;
  /** Of `image`: "info", "convert". */
  readonly subcommands: readonly string[];
  readonly options: readonly OptionWords[];
}

/** Files that a shell lists at the moment when it is asked. */
export const PORT_FILES = [
  "/dev/i2c-*",
  "/dev/ttyS*",
  "/dev/ttyAMA*",
  "/dev/ttyUSB*",
  "/dev/ttyACM*",
  "/dev/serial/by-id/*",
  "/dev/cu.*",
];

/** Values of options by their long name; of --port beside PORT_FILES. */
export const VALUES: Readonly<Record<string, readonly string[]>> = {
  port: ["sim:stm32g071"],
  chip: [...new Set(CATALOGUE.flatMap(({ parts }) => parts))].sort(),
  "reset-sequence": Object.keys(PRESETS),
};

/** @param verbs the commands of the program, each with its options */
export function verbWords(verbs: readonly Command[]): readonly VerbWords[] {
  return verbs.map((verb) => {
    const options = [verb, ...verb.commands].flatMap((each) => each.options).map(wordsOf);
    return {
      name: verb.name(),
      summary: verb.summary(),
      subcommands: verb.commands.map((each) => each.name()),
      options: options.filter(({ long }, at) => options.findIndex((other) => other.long === long) === at),
    };
  });
}

const wordsOf = (option: Command["options"][number]): OptionWords => ({
  long: option.long!.slice(2),
  short: option.short?.slice(1),
  help: option.description.replace(/\s+/g, " "),
  takesValue: option.required || option.optional,
});
