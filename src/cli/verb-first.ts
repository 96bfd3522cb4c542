/** `bootlace --port X write app.hex`, as esptool has it: options before the verb are taken as if they stood behind it. */
import { OUTPUT_FLAGS } from "./options.js";
import { FILE_FLAGS, TARGET_OPTIONS } from "./target-options.js";
import { VERBS } from "./verbs.js";

const FLAGS = [...OUTPUT_FLAGS, ...FILE_FLAGS, ...Object.values(TARGET_OPTIONS).map(({ flags }) => flags)];

/** As it was where no verb follows, or an option that is none of a target's. */
export function verbFirst(argv: readonly string[]): readonly string[] {
  let at = 0;
  while (argv[at]?.startsWith("-")) {
    const word = argv[at]!;
    const name = word.replace(/=.*$/s, "");
    const flags = FLAGS.find((known) => known.split(/[ ,]+/).includes(name));
    if (flags === undefined) return argv;
    at += flags.includes("<") && name === word ? 2 : 1;
  }
  const verb = VERBS.find(
    ({ name, alias }) => name === argv[at] || (alias !== undefined && alias === argv[at]),
  );
  if (at === 0 || verb === undefined || verb.ownCommandLine === true) return argv;
  return [argv[at]!, ...argv.slice(at + 1), ...argv.slice(0, at)];
}
