/** Into the bootloader and out of it, with the moves of a reset sequence. */
import { BootlaceError } from "../errors.js";
import { runMoves } from "./line-driver.js";
import type { LineDriver } from "./line-driver.js";
import type { ResetSequence } from "./sequence.js";

/** How often the entry part is run at most: auto-baud measures badly now and then (AN2606). */
const MOST_ATTEMPTS = 3;

export interface EnterOptions {
  /** Says whether the bootloader answers. An error that is not silence is thrown through. */
  readonly probe: () => Promise<boolean>;
  /** Looked at before each attempt, never inside one. */
  readonly signal?: AbortSignal | undefined;
  readonly wait?: (ms: number) => Promise<unknown>;
}

/**
 * Runs the entry part until the bootloader answers.
 * @returns the number of the attempt that succeeded, from 1
 * @throws BootlaceError NO_REPLY when it stays silent, RESET_FAILED when a line cannot be moved
 */
export async function enterBootloader(
  sequence: ResetSequence,
  driver: LineDriver,
  options: EnterOptions,
): Promise<number> {
  const { probe, signal, wait } = options;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    signal?.throwIfAborted();
    await runMoves(sequence.entry, driver, wait);
    if (await probe()) return attempt;
  }
  throw new BootlaceError(
    "NO_REPLY",
    `the chip stays silent; the entry part of the reset sequence was run ${MOST_ATTEMPTS} times`,
  );
}

/** Runs the exit part and gives the lines back as it left them, also when a move fails. */
export async function leaveBootloader(
  sequence: ResetSequence,
  driver: LineDriver,
  wait?: (ms: number) => Promise<unknown>,
): Promise<void> {
  try {
    await runMoves(sequence.exit, driver, wait);
  } finally {
    await driver.release();
  }
}
