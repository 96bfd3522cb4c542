/** BOOTLACE_PORT, BOOTLACE_RESET_SEQUENCE, ...: every option of a target as a variable. */
import { BootlaceError } from "../errors.js";
import { nearestWord } from "../spelling.js";
import type { Env } from "./style.js";
import { type Settings, TARGET_OPTIONS, variableOf } from "./target-options.js";

/** A variable that is set to nothing counts as not set. */
export interface Environment {
  readonly settings: Settings;
  /** BOOTLACE_TARGET and BOOTLACE_MANIFEST. */
  readonly target: string | undefined;
  readonly manifest: string | undefined;
}

/** @throws BootlaceError USAGE that names the variable */
export function readEnvironment(env: Env): Environment {
  const fields = Object.keys(TARGET_OPTIONS).flatMap((name) => {
    const text = env[variableOf(name)];
    return text ? [[name, valueOf(name as keyof typeof TARGET_OPTIONS, text)] as const] : [];
  });
  return {
    settings: Object.fromEntries(fields),
    target: env[variableOf("target")] || undefined,
    manifest: env[variableOf("manifest")] || undefined,
  };
}

function valueOf(name: keyof typeof TARGET_OPTIONS, text: string): unknown {
  const row = TARGET_OPTIONS[name];
  try {
    if (!("parse" in row)) return parseSwitch(text);
    const parse: (text: string) => unknown = row.parse;
    return name === "line" ? text.split(LINE_BORDER).map((line) => parse(line)) : parse(text);
  } catch (error) {
    throw new BootlaceError("USAGE", `${variableOf(name)} is "${text}". ${(error as Error).message}`, {
      hint: "A variable takes what its option takes; unset it, or give the option.",
    });
  }
}

/** "boot0=GPIO17 nrst=GPIO27": a blank before the next name. */
const LINE_BORDER = /\s+(?=[a-z][a-z0-9_-]*=)/i;

function parseSwitch(text: string): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new BootlaceError("USAGE", "1 or 0 is expected.");
}

const KNOWN = [...Object.keys(TARGET_OPTIONS), "target", "manifest"].map(variableOf);
/** Those of the project's own tests. */
const OF_TESTS = /^BOOTLACE_(FAKE|TEST)_/;

/** A sentence for each variable that looks like a setting and is none: a misspelt one would be missed without a word. */
export const unknownVariables = (env: Env): string[] =>
  Object.keys(env)
    .filter((name) => name.startsWith("BOOTLACE_") && !KNOWN.includes(name) && !OF_TESTS.test(name))
    .map((name) => {
      const meant = nearestWord(name, KNOWN);
      return `there is no setting ${name}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
    });

const isGiven = (argv: readonly string[], ...flags: readonly string[]): boolean =>
  argv.some((word) => flags.includes(word.replace(/=.*$/s, "")));

/** The environment goes before a file: whoever picks a target by name may have forgotten that a port is set. */
export function overruling(argv: readonly string[], env: Env): string[] {
  const named = argv.filter((word) => /^--target(=|$)/.test(word)).length;
  const byVariable = Boolean(env[variableOf("target")]) && !isGiven(argv, "-p", "--port");
  if (named > 1 || (named === 0 && !byVariable)) return []; // of several targets each has its own
  const places = [
    [variableOf("port"), "-p", "--port"],
    [variableOf("address"), "-a", "--address"],
  ] as const;
  return places
    .filter(([name, ...flags]) => env[name] && !isGiven(argv, ...flags))
    .map(([name]) => `${name}=${env[name]!} goes before what the file of targets says`);
}
