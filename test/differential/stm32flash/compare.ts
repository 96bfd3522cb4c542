/** One case as a test: the same command line with both tools, on a fresh chip each. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { Differing } from "./differences.js";
import { type Case, type Outcome, runCase } from "./rig.js";

export type Compared = Case & { readonly differs?: Differing };

const FIELDS = [
  "status",
  "flash",
  "options",
  "watched",
  "readout",
  "state",
  "resets",
  "file",
  "data",
  "crc",
] as const satisfies readonly (keyof Outcome)[];

const hasTool = spawnSync("stm32flash", ["-h"]).error === undefined;

/** Two cores are enough for this many; each case waits for its tools most of the time. */
const AT_ONCE = 3;
const PATIENCE_MS = 180_000;

export function compareAll(bus: string, cases: readonly Compared[]): void {
  const free = gate(AT_ONCE);
  describe.skipIf(!hasTool)(`stm32flash 0.7 and ours over ${bus} (apt install stm32flash)`, () => {
    it.concurrent.each(cases.map((one) => [nameOf(one), one] as const))(
      "%s",
      (_, one) => free(() => compare(one)),
      PATIENCE_MS,
    );
  });
}

function nameOf({ line, chip, stdin, before, differs }: Compared): string {
  const setup = [chip.name, chip.flash && `${chip.flash} KiB`, chip.rdp && "readout-protected", chip.wrp && "write-protected", chip.blank && "blank", chip.fault && `fault "${chip.fault.kind}"`, stdin && `< ${stdin}`, before && `after "${before}"`]; // prettier-ignore
  const words = setup.filter((word) => word !== undefined && word !== 0 && word !== false).join(", ");
  return `${line} (${words}): ${differs ? `differs by ${differs[0]}` : "the same"}`;
}

async function compare(one: Compared): Promise<void> {
  const theirs = await runCase("stm32flash", one);
  const ours = await runCase("bootlace", one);
  const [, ...expected] = one.differs ?? ["none"];
  const differing = FIELDS.filter((field) => theirs[field] !== ours[field]);
  const pick = (outcome: Outcome) => Object.fromEntries(FIELDS.map((field) => [field, outcome[field]]));
  const shown = JSON.stringify({ theirs: pick(theirs), ours: pick(ours), said: ours.stderr }, undefined, 1);
  expect(theirs.status, `stm32flash: ${theirs.stderr}`).toBe(one.status);
  expect(differing.sort(), shown).toEqual([...expected].sort());
  // Some command lines ask for what a chip's manual forbids: -e 0 on flash that is not blank.
  if (theirs.violations.length === 0) expect(ours.violations).toEqual([]);
}

/** Lets `limit` of the functions given run at a time. */
function gate(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
