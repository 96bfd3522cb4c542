/** Into the bootloader and out of it, with the moves of a reset sequence. */
import { BootlaceError } from "../errors.js";
import { runMoves } from "./line-driver.js";
import type { LineDriver } from "./line-driver.js";
import type { ResetSequence } from "./sequence.js";

export interface EnterOptions {
  /** How often the entry part is run at most. Default 3: auto-baud measures badly now and then (AN2606). */
  readonly attempts?: number | undefined;
  /** Says whether the bootloader answers. An error that is not silence is thrown through. */
  readonly probe: () => Promise<boolean>;
  readonly onAttempt?: ((attempt: number, attempts: number) => void) | undefined;
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
  const { attempts = 3, probe, onAttempt, signal, wait } = options;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    signal?.throwIfAborted();
    onAttempt?.(attempt, attempts);
    await runMoves(sequence.entry, driver, wait);
    if (await probe()) return attempt;
  }
  const times = attempts === 1 ? "once" : `${attempts} times`;
  throw new BootlaceError(
    "NO_REPLY",
    `the chip stays silent; the entry part of the reset sequence was run ${times}`,
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
