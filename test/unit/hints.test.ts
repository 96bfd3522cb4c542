/** What messages and hints tell people to type can be typed: every `bootlace ...` is parsed by the program, every --option is one of its. */
import { readdirSync, readFileSync } from "node:fs";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import type { Connect } from "../../src/cli/context.js";
import { VERBS } from "../../src/cli/verbs.js";
import { BootlaceError, ERRORS } from "../../src/errors.js";
import { TEXTS } from "../support/texts.js";
import { cli, FakeIo } from "./cli/fake-io.js";

/** Options as they are declared by all verbs, long and short. */
async function declared(): Promise<Set<string>> {
  const names = new Set(["--help", "--version"]);
  for (const verb of VERBS) {
    const module = await verb.load();
    if (!("define" in module) || verb.name === "stm32flash") continue;
    const command = new Command(verb.name);
    module.define(command, () => () => Promise.resolve());
    for (const { options } of [command, ...command.commands])
      for (const { long } of options) names.add(long ?? "");
  }
  return names;
}

/** What stands in back quotes and is another program's is left away. */
const withoutOthers = (text: string): string =>
  text.replace(/`([^`]*)`/g, (quoted, command: string) => (/^(bootlace|-)/.test(command) ? quoted : ""));

const COMMANDS = TEXTS.flatMap(({ place, text }) =>
  [...text.matchAll(/`(bootlace( [^`]*)?)`/g)].map(([, command]) => ({ place, command: command! })),
);

/** What stands for a word of the reader's. */
const WORDS: Readonly<Record<string, string>> = { PAGE: "wiring", CODE: "NO_REPLY" };

/** A verb that is named alone, as "see `bootlace image info`", is its name and no command line: its file or bus is not said. */
const isMention = (words: readonly string[], stderr: string): boolean =>
  words.every((word) => /^[a-z]+$/.test(word)) &&
  /missing required argument|FILE is missing|outputHelp/.test(stderr);

describe("what people are told to type", () => {
  it("is found in the sources", () => {
    expect(COMMANDS.length).toBeGreaterThan(15);
  });

  it.each(COMMANDS)("$command ($place)", async ({ command }) => {
    const words = command
      .replace(/X(?=--)/, "write ")
      .split(" ")
      .slice(1);
    if (words.length === 0 || words[0]!.startsWith("X")) return; // the program's name, or its version's line
    const verb = words[0] === "VERB" ? "write" : words[0]!;
    expect([...VERBS.map(({ name }) => name), "help", "--help", "--version"]).toContain(verb);
    // Whoever reads it has a target in mind already, by option or in the environment.
    const io = new FakeIo({ env: { BOOTLACE_PORT: "i2c:/dev/i2c-9@0x56" } });
    const reached: Connect = () => Promise.reject(new BootlaceError("NO_REPLY", "reached"));
    const typed = [verb, ...words.slice(1)].map((word) => WORDS[word] ?? word.replace(/X/g, "1"));
    const { stderr } = await cli(typed, { io, connect: reached });
    if (!isMention(words, stderr)) expect(stderr).not.toContain("[USAGE]");
  });

  it("are options that there are", async () => {
    const known = await declared();
    const unknown = TEXTS.flatMap(({ place, text }) =>
      [...withoutOthers(text).matchAll(/(?<![\w-])--[a-z][a-z-]*/g)]
        .filter(([option]) => !known.has(option))
        .map(([option]) => `${option} (${place})`),
    );
    expect(unknown).toEqual([]);
  });

  it("are scripts of npm that the package has", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: object };
    for (const { place, text } of TEXTS)
      for (const [, script] of text.matchAll(/`npm run ([a-z:-]+)`/g))
        expect(Object.keys(scripts), place).toContain(script);
  });

  it("are pages that the documentation has", () => {
    const pages = readdirSync("docs");
    for (const { place, text } of TEXTS)
      for (const [, page] of text.matchAll(/docs\/([a-z0-9-]+\.md)/g)) expect(pages, place).toContain(page);
  });

  it("a hint of the table ends as a sentence", () => {
    for (const [code, { hint }] of Object.entries(ERRORS)) expect(hint, code).toMatch(/[.]$/);
  });
});
