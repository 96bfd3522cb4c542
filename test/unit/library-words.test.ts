/** Hints in the library's words: whatever the sources tell people to type has a name in the library. */
import { describe, expect, it } from "vitest";
import { BootlaceError, ERRORS, REMEDIES, type ErrorCode } from "../../src/errors.js";
import * as library from "../../src/index.js";
import { inLibraryWords } from "../../src/library-words.js";
import { OPTIONS } from "../../src/flash/arguments.js";
import { TEXTS } from "../support/texts.js";

/** A hint: a sentence with a word of the command line in it. */
const HINTS = TEXTS.filter(
  ({ place, text }) =>
    !place.startsWith("src/cli/") &&
    /(?<![\w-])--[a-z]|`bootlace|same command/.test(text) &&
    text.includes(" "),
).filter(({ place, text }) => !place.startsWith("src/library-words.ts") && !isMessage(text));

/** What is refused is said in the words that it was given in: those of the command line. */
function isMessage(text: string): boolean {
  return /has no meaning|cannot be compared|does not hold what --assume says/.test(text);
}

/** Of the functions that read images; the types of theirs are not there at run time. */
const IMAGE_OPTIONS = ["base", "format", "elfSegments", "offset", "minVersion"];
const NAMES = new Set([...Object.values(OPTIONS).flatMap((table) => Object.keys(table)), ...IMAGE_OPTIONS]);

describe("hints in the library's words", () => {
  it("are found in the sources", () => {
    expect(HINTS.length).toBeGreaterThan(30);
  });

  it.each(HINTS)("$text ($place)", ({ text }) => {
    const told = inLibraryWords(text);
    expect(told.replace(/`docker [^`]*`/, "")).not.toMatch(/(?<![\w-])--[a-z]|`bootlace |[Cc]ommand again/);
    for (const [, name] of told.matchAll(/`([a-z][A-Za-z]+)(?:: "\w+")?`/g))
      expect([...NAMES]).toContain(name);
    for (const [, name] of told.matchAll(/`([a-z]+)\(\)`/g)) expect(library).toHaveProperty(name!);
  });

  it.each([
    [
      "Give its geometry with --flash-size and --page-size.",
      "Give its geometry with `flashSize` and `pageSize`.",
    ],
    ["Leave it out with --only flash.", 'Leave it out with `only: "flash"`.'],
    ["Run the same command again to finish the job.", "Do the same again to finish the job."],
    ["`docker run --device`", "`docker run --device`"],
  ])("%s", (typed, called) => expect(inLibraryWords(typed)).toBe(called));

  it("an error has both", () => {
    const error = new BootlaceError("CANNOT_PRESERVE", "x");
    expect(error.hint).toBe("Pass `erasePartial` to give up what else is in the partly covered pages.");
    expect(error.commandHint).toContain("--erase-partial");
  });
});

describe("remedies", () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])("%s has one", (code) => {
    expect(Object.keys(REMEDIES)).toContain(new BootlaceError(code, "x").remedy);
  });

  it("each is some error's", () => {
    const used = new Set(Object.values(ERRORS).map(({ remedy }) => remedy));
    expect([...used].sort()).toEqual(Object.keys(REMEDIES).sort());
  });

  it("of a chip that was not updated is that of the reason", () => {
    expect(new BootlaceError("NOT_UPDATED", "x", { reason: "NO_PERMISSION" }).remedy).toBe("prepare-host");
  });
});
