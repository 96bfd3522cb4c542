/** Options that would have no effect are slips: refused before anything is opened, or, where the port decides, before anything is sent. */
import type { Traits } from "../../transport/traits.js";
import type { Action } from "./action.js";
import { usageError } from "./usage-error.js";

const OF_MEMORY: readonly Action[] = ["read", "write", "erase", "crc"];

/** What an option goes with, where it does not go with everything. */
const GOES_WITH: Readonly<Record<string, { readonly actions: readonly Action[]; readonly letters: string }>> =
  {
    v: { actions: ["write"], letters: "-w only" },
    f: { actions: ["write"], letters: "-w only" },
    n: { actions: OF_MEMORY, letters: "-r, -w, -o and -C only" },
    s: { actions: OF_MEMORY, letters: "-r, -w, -o and -C only" },
    e: { actions: OF_MEMORY, letters: "-r, -w, -o and -C only" },
    S: { actions: OF_MEMORY, letters: "-r, -w, -o and -C only" },
  };

/** @param letters those that were given @throws BootlaceError USAGE */
export function checkActions(action: Action, letters: ReadonlySet<string>): void {
  for (const letter of letters) {
    const row = GOES_WITH[letter];
    if (row && !row.actions.includes(action)) throw usageError(`-${letter} goes with ${row.letters}`);
  }
  if (letters.has("g") && letters.has("R"))
    throw usageError("-g starts a program and -R resets the chip: one command does one of the two");
}

export type PortKind = "an I2C bus" | "a serial port" | "a simulated chip";

const OF_PORT: Readonly<Record<string, PortKind>> = {
  a: "an I2C bus",
  b: "a serial port",
  m: "a serial port",
};

/** @throws BootlaceError USAGE */
export function checkPort(kind: PortKind, device: string, letters: ReadonlySet<string>): void {
  for (const letter of letters) {
    const own = OF_PORT[letter];
    if (own !== undefined && own !== kind)
      throw usageError(`-${letter} has no meaning for ${kind} (${device})`);
  }
}

/** On I2C there is no first byte that could be left out. @throws BootlaceError USAGE */
export function checkResume({ dialect }: Traits, resume: boolean): void {
  if (resume && dialect === "i2c")
    throw usageError("-c has no meaning on I2C: there is no rate to be found out");
}
