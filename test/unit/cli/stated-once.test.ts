/** An option has one place where its name, parser, help and default stand; verbs that share it take it from there. */
import { Command, Option } from "commander";
import { describe, expect, it } from "vitest";
import { VERBS } from "../../../src/cli/verbs.js";
import { sourcesOf } from "../../support/sources.js";

/** One name, and another meaning with each verb. */
const OTHER_MEANINGS = [
  "--erase-partial", // write: other bytes of a page may go; erase: so may those beyond the range
  "--all", // erase: the whole flash; scan: the addresses of EEPROMs too
  "--format <format>", // of the image that is read; of the file that is written
  "--range <start:length>", // read, checksum: bytes; erase: pages
];

/** What is written as `"--name <value>"` at the start of a string, with the file that it stands in. */
function statements(): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const { path, text } of sourcesOf("cli"))
    for (const [, flags] of text.matchAll(/(?:option\(|Option\(|flags:|_FLAG =)\s*"(-[^"]+)"/g))
      places.set(flags!, [...(places.get(flags!) ?? []), path]);
  return places;
}

/** Every option of every verb, as commander has it. */
async function offered(): Promise<Map<string, Option[]>> {
  const options = new Map<string, Option[]>();
  for (const { name, load } of VERBS) {
    const command = new Command(name);
    const verb = await load();
    if ("run" in verb) continue;
    verb.define(command, () => () => Promise.resolve());
    for (const one of [command, ...command.commands])
      for (const option of one.options)
        options.set(option.flags, [...(options.get(option.flags) ?? []), option]);
  }
  return options;
}

describe("an option of the command line", () => {
  it("is stated in one place", () => {
    const found = statements();
    expect(found.size).toBeGreaterThan(40);
    const twice = [...found].filter(([flags, { length }]) => length > 1 && !OTHER_MEANINGS.includes(flags));
    expect(twice).toEqual([]);
  });

  it("that means several things is one of a few", () => {
    const found = statements();
    expect(OTHER_MEANINGS.filter((flags) => found.get(flags)?.length !== 2)).toEqual([]);
  });

  it("has the same help wherever a verb has it", async () => {
    const differing = [...(await offered())].filter(([flags, options]) => {
      const helps = new Set(options.map(({ description }) => description.replace(/; .*$/, ""))); // "; may be repeated"
      return helps.size > 1 && !OTHER_MEANINGS.includes(flags);
    });
    expect(differing.map(([flags]) => flags)).toEqual([]);
  });
});
