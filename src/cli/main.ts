/** The way in: as little as possible is loaded before it is known what is asked for. */
import { standardIo } from "./standard-io.js";
import { VERSION } from "./version.js";

/** @returns the exit status; never rejects, never prints a stack without --trace */
export async function main(argv: readonly string[], io = standardIo(process)): Promise<number> {
  const asksVersion = argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V");
  if (asksVersion && io.stdout.write(`${VERSION}\n`)) return 0; // where it is not taken, the program says so
  const { runProgram } = await import("./program.js");
  return runProgram(argv, io);
}
