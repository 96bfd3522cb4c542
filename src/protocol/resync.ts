/**
 * Getting back to a command boundary after a broken command. No document defines an escape; on I2C an unknown command is
 * sent until it is refused, on UART 0x7F is, because a pair of them is no command and a chip that has just reset takes it as
 * the synchronisation byte (reference: practice of known hosts).
 */
import { BootlaceError, isSystemError } from "../errors.js";
import { delay, StepError, write, type Step, type Transport } from "../transport/transport.js";
import { ACK, BUSY, NACK, SYNC } from "./commands.js";
import { explainSystem } from "./failure.js";
import { PROBE_FRAME } from "./frames.js";

export interface ResyncOptions {
  /** The broken command may still owe a status byte: take it before anything is written. */
  readonly statusDue?: boolean;
  /** How long the chip may need: a command that goes on in the chip, or a reset by its own time-out (2.2 s at most) and its start. */
  readonly timeoutMs?: number;
}

/** Longer than the longest time-out after which a chip resets itself (STM32C051: 2.2 s) and its start. */
const DEFAULT_TIMEOUT_MS = 5_000;
const INTERVAL_MS = 20;

/** @throws BootlaceError DESYNCHRONISED, or what the bus says (NO_REPLY, TIMED_OUT, BUS_FAILED ...), when the chip does not come back in time */
export async function resynchronise(transport: Transport, options: ResyncOptions = {}): Promise<void> {
  if (transport.traits.opening === "autobaud") return resynchroniseStream(transport);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  if (options.statusDue) await takeStatus(transport, timeoutMs);
  await probeUntilRefused(transport, timeoutMs);
}

/** One status byte, through BUSY; what it says does not matter any more. */
async function takeStatus(transport: Transport, timeoutMs: number): Promise<void> {
  try {
    await transport.exchange([{ kind: "poll", accept: ACK, busy: BUSY, timeoutMs, intervalMs: 5 }]);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    rethrowIfGone(error);
  }
}

async function probeUntilRefused(transport: Transport, timeoutMs: number): Promise<void> {
  const probe: Step[] = [write(PROBE_FRAME), { kind: "poll", accept: NACK, timeoutMs: 1_000 }];
  let last: StepError | undefined;
  // By the clock as well: an adapter may need seconds to give up on each probe. The waits count where time is simulated.
  const deadline = performance.now() + timeoutMs;
  for (let waitedMs = 0; waitedMs <= timeoutMs && performance.now() <= deadline; waitedMs += INTERVAL_MS) {
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

/** A data block of 256 bytes with its framing, and a little more. */
const MOST_BYTES_OWED = 260;

async function resynchroniseStream(transport: Transport): Promise<void> {
  await transport.discardInput();
  for (let sent = 0; sent < MOST_BYTES_OWED; sent++) {
    const answer = await askStream(transport, sent < 4 ? 100 : 10);
    if (answer === undefined) continue;
    await transport.discardInput();
    if (answer === NACK || answer === ACK) return;
  }
  throw new BootlaceError("DESYNCHRONISED", "the bootloader does not come back to a command boundary", {
    hint: "Reset the chip into its bootloader (--reset-sequence can do that) and run the same command again.",
  });
}

/** Sends one 0x7F; the byte that comes back, or undefined. */
async function askStream(transport: Transport, timeoutMs: number): Promise<number | undefined> {
  try {
    await transport.exchange([write(Uint8Array.of(SYNC)), { kind: "poll", accept: NACK, timeoutMs }]);
    return NACK;
  } catch (error) {
    if (!(error instanceof StepError) || error.failure === "system") throw error;
    return error.reply;
  }
}

/** An adapter that was unplugged or an access that is forbidden does not mend itself by waiting. */
function rethrowIfGone(error: StepError): void {
  const code = isSystemError(error.cause) ? error.cause.code : "";
  if (["ENODEV", "ESHUTDOWN", "EBADF", "EPERM", "EACCES"].includes(code))
    throw new BootlaceError(
      "ADAPTER_GONE",
      `the bus cannot be used any more (${code})`,
      {},
      { cause: error.cause },
    );
}
