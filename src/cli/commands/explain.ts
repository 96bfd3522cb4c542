/** `bootlace explain CODE`: what an error code or an exit status means and what to do, without a network. */
import type { Command } from "commander";
import { BootlaceError, ERRORS, type ErrorCode } from "../../errors.js";
import { nearestWord } from "../../spelling.js";
import type { Context } from "../context.js";
import { document } from "../json.js";
import { addExamples, jsonOption } from "../options.js";
import { errorPart, pageText } from "../pages.js";
import { styleOf } from "../style.js";
import type { Act } from "../verb.js";

export function define(command: Command, act: Act): void {
  command
    .argument("<code>", "the word in brackets behind an error, or an exit status")
    .addOption(jsonOption());
  addExamples(command, "bootlace explain NO_REPLY", "bootlace explain 20");
  command.action(act(run));
}

// eslint-disable-next-line @typescript-eslint/require-await -- other verbs wait
async function run({ io }: Context, word: string, options: { readonly json?: boolean }): Promise<number> {
  const code = codeOf(word);
  const { exit, hint } = ERRORS[code];
  const text = pageText(errorPart(code), Math.min(80, styleOf(io.stdout, io.env).columns) - 1);
  io.stdout.write(
    options.json === true
      ? document("explain", { code, exitStatus: exit, hint, text })
      : text.replace(/^## /, ""),
  );
  return 0;
}

/** "no_reply", "[NO_REPLY]" as it was copied, or 20. @throws BootlaceError USAGE */
export function codeOf(word: string): ErrorCode {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  const text = word
    .replace(/^\[|\][.:]?$/g, "")
    .toUpperCase()
    .replaceAll("-", "_");
  const found = codes.find((code) => code === text || String(ERRORS[code].exit) === text);
  if (found !== undefined) return found;
  const meant = nearestWord(text, codes);
  throw new BootlaceError("USAGE", `there is no error code and no exit status "${word}"`, {
    hint: meant === undefined ? "`bootlace help errors` has them all." : `Did you mean ${meant}?`,
  });
}
