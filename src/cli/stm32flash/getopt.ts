/**
 * getopt(3) with the permutation that GNU's does: options in any order and place, `-vw file`, `-wfile`, `--` ends them.
 * Letters with an argument are followed by ":" in the specification.
 */
import { usageError } from "./usage-error.js";

export interface Option {
  readonly letter: string;
  /** "" for a letter without one. */
  readonly argument: string;
}

export interface Words {
  readonly options: readonly Option[];
  readonly operands: readonly string[];
}

/** @throws BootlaceError USAGE for a letter that is not in the specification, and for a missing argument */
export function getopt(argv: readonly string[], specification: string): Words {
  const options: Option[] = [];
  const operands: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === "--") {
      operands.push(...argv.slice(at + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") operands.push(word);
    else if (bundle(word, argv[at + 1], specification, options)) at++;
  }
  return { options, operands };
}

/** Takes one word of options. @returns whether it took the next word as an argument */
function bundle(word: string, next: string | undefined, specification: string, options: Option[]): boolean {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at]!;
    const place = letter === ":" ? -1 : specification.indexOf(letter);
    if (place < 0) throw usageError(unknownOption(word, letter));
    if (specification[place + 1] !== ":") {
      options.push({ letter, argument: "" });
      continue;
    }
    const attached = word.slice(at + 1);
    const argument = attached === "" ? next : attached;
    if (argument === undefined) throw usageError(`option -${letter} needs an argument`);
    options.push({ letter, argument });
    return attached === "";
  }
  return false;
}

const unknownOption = (word: string, letter: string): string =>
  word.startsWith("--") ? `there is no option ${word}` : `there is no option -${letter}`;
