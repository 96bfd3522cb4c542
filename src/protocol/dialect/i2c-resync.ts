/** I2C: an unknown command is sent until it is refused. */
import { BootlaceError, isSystemError } from "../../errors.js";
import { monotonicMs } from "../../monotonic.js";
import { delay, StepError, write, type Step, type Transport } from "../../transport/transport.js";
import { ACK, BUSY, NACK } from "../commands.js";
import { explainSystem } from "../failure.js";
import { PROBE_FRAME } from "../frames.js";
import type { ResyncOptions } from "./dialect.js";
import { rethrowIfGone } from "./gone.js";

/** Longer than the longest time-out after which a chip resets itself (STM32C051: 2.2 s) and its start. */
const DEFAULT_TIMEOUT_MS = 5_000;
const INTERVAL_MS = 20;

export async function resynchroniseMessages(
  transport: Transport,
  { quietMs, statusDue = false, timeoutMs = DEFAULT_TIMEOUT_MS }: ResyncOptions,
): Promise<void> {
  if (quietMs) await transport.exchange([delay(quietMs)]);
  if (statusDue) await takeStatus(transport, timeoutMs);
  await probeUntilRefused(transport, statusDue ? DEFAULT_TIMEOUT_MS : timeoutMs);
}

/** What adapters say while a chip holds the clock: EIO on a Raspberry Pi, EBUSY and EAGAIN where the next START finds it low. */
const HELD: ReadonlySet<string> = new Set(["ETIMEDOUT", "EIO", "EBUSY", "EAGAIN"]);
const LEAST_PAUSE_MS = 5;
const MOST_PAUSE_MS = 250;

/**
 * One status byte, through BUSY and through a clock that is held longer than the adapter bears: it is asked for again and again. What
 * it says does not matter any more. Nothing may be written before: the chip would take it for a broken order and reset itself in the
 * middle of its work.
 */
async function takeStatus(transport: Transport, timeoutMs: number): Promise<void> {
  const poll: Step = { kind: "poll", accept: ACK, busy: BUSY, timeoutMs, intervalMs: 5 };
  const deadline = monotonicMs() + timeoutMs;
  let pauseMs = LEAST_PAUSE_MS;
  for (let waitedMs = 0; waitedMs <= timeoutMs && monotonicMs() <= deadline; waitedMs += pauseMs) {
    try {
      await transport.exchange(waitedMs === 0 ? [poll] : [delay(pauseMs), poll]);
      return;
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      rethrowIfGone(error);
      if (!isSystemError(error.cause) || !HELD.has(error.cause.code)) return;
    }
    if (waitedMs > 0) pauseMs = Math.min(pauseMs * 1.5, MOST_PAUSE_MS);
  }
}

async function probeUntilRefused(transport: Transport, timeoutMs: number): Promise<void> {
  const probe: Step[] = [write(PROBE_FRAME), { kind: "poll", accept: NACK, timeoutMs: 1_000 }];
  let last: StepError | undefined;
  // By the clock as well: an adapter may need seconds to give up on each probe. The waits count where time is simulated.
  const deadline = monotonicMs() + timeoutMs;
  for (let waitedMs = 0; waitedMs <= timeoutMs && monotonicMs() <= deadline; waitedMs += INTERVAL_MS) {
    try {
      await transport.exchange(last ? [delay(INTERVAL_MS), ...probe] : probe);
      return;
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      rethrowIfGone(error);
      last = error;
    }
  }
  const system = last?.failure === "system" ? explainSystem(last.cause) : undefined;
  const reason = system === undefined ? "" : `: ${system.text}`;
  throw new BootlaceError(
    system?.code ?? "DESYNCHRONISED",
    `the bootloader did not come back to a command boundary within ${timeoutMs / 1000} s${reason}`,
    {},
    { cause: last?.cause ?? last },
  );
}
