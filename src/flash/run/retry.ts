/**
 * The one place where something is tried again. Only whole commands, only after the chip is known to be at a command boundary,
 * and only what is safe twice: the caller sees to that.
 */
import { BootlaceError } from "../../errors.js";
import { ERASE } from "../../protocol/commands.js";
import { CommandFailure } from "../../protocol/link.js";
import type { Phase } from "../events.js";
import type { JobRun } from "./job-run.js";

/** Failures of the way to the chip, not of the chip's will. */
const TRANSIENT: ReadonlySet<string> = new Set([
  "NO_REPLY",
  "REFUSED",
  "PROTECTED",
  "DESYNCHRONISED",
  "BUS_FAILED",
  "BUS_BUSY",
  "TIMED_OUT",
  "ADAPTER_LIMIT",
]);

/** In a row without progress. A refusal that comes three times is meant. */
const MOST_ATTEMPTS = 6;
const MOST_REFUSALS = 3;
/** In a whole job: a bus that fails more often than this is not worth going on with. */
const MOST_RETRIES = 400;

export interface Where {
  readonly phase: Phase;
  readonly address?: number;
  /** How long the chip may go on with a command whose end was not seen. */
  readonly patienceMs?: number;
  /** How long it is not asked at all. */
  readonly quietMs?: number;
}

/** Repeats `operation` after a transient failure. */
export async function persist<T>(run: JobRun, where: Where, operation: () => Promise<T>): Promise<T> {
  const attempts = new Attempts(run, where);
  for (;;) {
    run.checkpoint();
    try {
      return await operation();
    } catch (error) {
      await attempts.failed(error);
    }
  }
}

/** Counts failures in a row, brings the chip back after each, and gives up with a sentence about the bus. */
export class Attempts {
  #inARow = 0;
  #refusals = 0;

  constructor(
    readonly run: JobRun,
    readonly where: Where,
  ) {}

  /** Something worked since the last failure. */
  progressed(): void {
    this.#inARow = 0;
    this.#refusals = 0;
  }

  /** Returns when the next attempt may be made. @throws the error, where another attempt makes no sense */
  async failed(failure: unknown): Promise<void> {
    const error = failure instanceof CommandFailure ? failure.cause : failure;
    if (!(error instanceof BootlaceError) || !TRANSIENT.has(error.code)) throw error;
    if (error.code === "ADAPTER_LIMIT" && !this.#shrink()) throw error;
    this.#count(error);
    const { run, where } = this;
    run.emit({
      type: "retry",
      phase: where.phase,
      attempt: this.#inARow,
      reason: error.message,
      ...(where.address !== undefined && { address: where.address }),
    });
    await recover(run, error, where);
  }

  #shrink(): boolean {
    return this.run.session.loader.transport.shrinkFrames();
  }

  #count(error: BootlaceError): void {
    this.#inARow++;
    this.run.retries++;
    if (error.code === "REFUSED" || error.code === "PROTECTED") this.#refusals++;
    if (this.#refusals >= MOST_REFUSALS || this.#inARow >= MOST_ATTEMPTS) throw error;
    if (this.run.retries > MOST_RETRIES)
      throw new BootlaceError(
        "BUS_FAILED",
        `the bus failed ${this.run.retries} times in this job`,
        error.context,
        {
          cause: error.cause ?? error,
        },
      );
  }
}

/** Of a block that is programmed, or of option bytes. */
const PATIENCE_MS = 10_000;

/** A status may be due after a failure of the bus in the middle of waiting for it. */
async function recover(
  { session }: JobRun,
  { code, context }: BootlaceError,
  { patienceMs, quietMs }: Where,
): Promise<void> {
  const { loader } = session;
  const statusDue = code === "TIMED_OUT" || code === "BUS_FAILED" || code === "BUS_BUSY";
  const timeoutMs = patienceMs ?? (statusDue ? PATIENCE_MS : undefined);
  try {
    await loader.resynchronise({
      statusDue,
      longList: context.command === ERASE.name,
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(statusDue && quietMs !== undefined && { quietMs }),
    });
  } catch (lost) {
    if (!session.reenter || !(lost instanceof BootlaceError)) throw lost;
    await session.reenter();
  }
}
