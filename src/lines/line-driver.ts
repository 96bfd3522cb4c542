/** Moving lines: the interface, and running the moves of a sequence on it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Level, Move } from "./sequence.js";

export interface LineDriver {
  /** Sets the named lines, at once where the hardware can. @throws BootlaceError RESET_FAILED and what opening a line throws */
  set(values: ReadonlyMap<string, Level>): Promise<void>;
  /** Gives the lines back in the state they are in. Twice is fine. */
  release(): Promise<void>;
}

/** Runs moves to their end: a sequence that stopped half way could leave the chip in reset. */
export async function runMoves(
  moves: readonly Move[],
  driver: LineDriver,
  wait: (ms: number) => Promise<unknown> = sleep,
): Promise<void> {
  for (const move of moves) {
    if (move.kind === "wait") await wait(move.ms);
    else await driver.set(move.values);
  }
}

/** Several drivers as one; each has its own names. */
export class CombinedLines implements LineDriver {
  readonly #drivers: readonly { readonly names: ReadonlySet<string>; readonly driver: LineDriver }[];

  constructor(drivers: readonly { readonly names: Iterable<string>; readonly driver: LineDriver }[]) {
    this.#drivers = drivers.map(({ names, driver }) => ({ names: new Set(names), driver }));
  }

  async set(values: ReadonlyMap<string, Level>): Promise<void> {
    for (const { names, driver } of this.#drivers) {
      const own = new Map([...values].filter(([name]) => names.has(name)));
      if (own.size > 0) await driver.set(own);
    }
  }

  async release(): Promise<void> {
    for (const { driver } of this.#drivers) await driver.release();
  }
}
