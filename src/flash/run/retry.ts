/**
 * The one place of a job where a command is sent again: only a whole one, only after the chip is known to be at a command boundary, and
 * only what is safe twice, which the caller sees to. Loops around it prove something: docs/architecture.md names them.
 */
import { BootlaceError } from "../../errors.js";
import { ERASE } from "../../protocol/commands.js";
import { CommandFailure } from "../../protocol/link.js";
import type { Phase } from "../events.js";
import type { Session } from "../chip/session.js";
import type { JobRun } from "./job-run.js";

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
  /** How long it is not asked at all, by then. */
  readonly quietMs?: () => number;
  /** There is another way where this is refused: a refusal is taken for what it is, the chip's answer. */
  readonly otherWay?: boolean;
}

/** It said no. Once that may be a byte that arrived wrong. */
const isRefusal = ({ code }: BootlaceError): boolean => code === "REFUSED" || code === "PROTECTED";

/** The bus failed, or the adapter gave up, while the chip may have gone on: some adapters call that EIO. */
export const endNotSeen = ({ code }: BootlaceError): boolean =>
  code === "TIMED_OUT" || code === "BUS_FAILED" || code === "BUS_BUSY";

/** Flash, EEPROM and the RAM that programs are written to. */
function isKnown({ geometry, device }: Session, address: number): boolean {
  const memories = [
    { start: geometry.base, end: geometry.end },
    ...(device ? device.ram.accessible : []),
    ...(device?.dataEeprom ? [device.dataEeprom] : []),
  ];
  return memories.some(({ start, end }) => address >= start && address < end);
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
    if (!(error instanceof BootlaceError) || !this.#mayPass(error)) throw error;
    if (error.code !== "ADAPTER_LIMIT") this.#count(error); // a shorter frame is not the same attempt again
    const { phase, address } = this.where;
    this.run.retried({ phase, address, attempt: this.#inARow, reason: error.message });
    await recover(this.run, error, this.where);
  }

  #mayPass(error: BootlaceError): boolean {
    if (error.code === "ADAPTER_LIMIT") return this.run.session.loader.transport.shrinkFrames();
    return error.side === "way" || (isRefusal(error) && !this.#isAnswer(error));
  }

  /**
   * A refused address is an answer, too, except in memory that the chip is known to have: there it is a byte that arrived wrong, and a
   * job that reads or writes thousands of blocks must outlast it.
   */
  #isAnswer({ code, context: { stage, address } }: BootlaceError): boolean {
    if (this.where.otherWay) return true;
    return (
      code === "REFUSED" &&
      stage === "address" &&
      address !== undefined &&
      !isKnown(this.run.session, address)
    );
  }

  #count(error: BootlaceError): void {
    this.#inARow++;
    if (isRefusal(error)) this.#refusals++;
    if (this.#refusals >= MOST_REFUSALS || this.#inARow >= MOST_ATTEMPTS) throw error;
    if (this.run.retries >= MOST_RETRIES)
      throw new BootlaceError(
        "BUS_FAILED",
        `the bus failed ${this.run.retries + 1} times in this job`,
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
  error: BootlaceError,
  { patienceMs, quietMs }: Where,
): Promise<void> {
  const { loader } = session;
  const statusDue = endNotSeen(error);
  const timeoutMs = patienceMs ?? (statusDue ? PATIENCE_MS : undefined);
  try {
    await loader.resynchronise({
      statusDue,
      longList: error.context.command === ERASE.name,
      timeoutMs,
      quietMs: statusDue ? quietMs?.() : undefined,
    });
  } catch (lost) {
    if (!session.reenter || !(lost instanceof BootlaceError)) throw lost;
    await session.reenter();
  }
}
