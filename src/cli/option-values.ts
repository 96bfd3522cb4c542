/** `NAME=VALUE` words, as for the option bytes. */
import { BootlaceError } from "../errors.js";

const ASSIGNMENT = /^(\w+)=(0x[0-9a-f]{1,8}|\d{1,10})$/i;

/** @throws BootlaceError USAGE for none, for what is none, and for a name that is there twice */
export function parseAssignments(words: readonly string[]): Readonly<Record<string, number>> {
  if (words.length === 0)
    throw new BootlaceError("USAGE", "which options? NAME=VALUE is missing, like nBOOT_SEL=0");
  const values: Record<string, number> = {};
  for (const word of words) {
    const [, name, value] = ASSIGNMENT.exec(word) ?? [];
    if (name === undefined)
      throw new BootlaceError(
        "USAGE",
        `"${word}": NAME=VALUE is expected, like nBOOT_SEL=0 or NRST_MODE=0x3`,
      );
    if (Object.hasOwn(values, name)) throw new BootlaceError("USAGE", `${name} is given twice`);
    values[name] = Number(value);
  }
  return values;
}
