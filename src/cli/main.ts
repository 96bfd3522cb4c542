/** The way in: as little as possible is loaded before it is known what is asked for. */
import QUICK_VERBS from "./quick-verbs.json" with { type: "json" };
import { standardIo } from "./standard-io.js";
import { VERSION } from "./version.js";

/** @returns the exit status; never rejects, never prints a stack without --trace */
export async function main(argv: readonly string[], io = standardIo(process)): Promise<number> {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    io.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const { runProgram } = isQuick(argv) ? await import("./quick.js") : await import("./program.js");
  return runProgram(argv, io);
}

/** A trace shows names, which that bundle does not have. */
const isQuick = ([verb, ...words]: readonly string[]): boolean =>
  verb !== undefined && QUICK_VERBS.includes(verb) && !words.includes("--trace");
