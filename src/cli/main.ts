/** The way in: as little as possible is loaded before it is known what is asked for. */
import BUNDLES from "./bundles.json" with { type: "json" };
import { standardIo } from "./standard-io.js";
import { VERSION } from "./version.js";

/** @returns the exit status; never rejects, never prints a stack without --trace */
export async function main(argv: readonly string[], io = standardIo(process)): Promise<number> {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    io.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const { runProgram } = await programFor(argv);
  return runProgram(argv, io);
}

/** Half of the time that a quick command takes is the loading of code. A trace shows names, which only the whole program has. */
function programFor(argv: readonly string[]): Promise<typeof import("./program.js")> {
  const [verb = ""] = argv;
  if (argv.includes("--trace")) return import("./program.js");
  if (BUNDLES.looking.includes(verb)) return import("./looking.js");
  if (BUNDLES.flashing.includes(verb)) return import("./flashing.js");
  return import("./program.js");
}
