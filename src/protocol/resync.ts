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

/** Single bytes first: at a command boundary one or two are enough, and nothing is stuffed into a command that needs no more. */
const SINGLE_BYTES = 4;
/** Then bursts, more than a data block of 256 bytes with its framing. */
const BURSTS = 18;
const BURST_BYTES = 16;

async function resynchroniseStream(transport: Transport): Promise<void> {
  await transport.discardInput();
  for (let turn = 0; turn < SINGLE_BYTES + BURSTS; turn++) {
    const single = turn < SINGLE_BYTES;
    const answer = single ? await askStream(transport, 1, 100) : await askStream(transport, BURST_BYTES, 40);
    if (answer === undefined) continue;
    await transport.discardInput();
    if (single ? answer === NACK || answer === ACK : await atBoundary(transport)) return;
  }
  throw new BootlaceError("DESYNCHRONISED", "the bootloader does not come back to a command boundary", {
    hint: "Reset the chip into its bootloader (--reset-sequence can do that) and run the same command again.",
  });
}

/** The rest of a burst may have left half a command behind: one or two bytes more end that. */
async function atBoundary(transport: Transport): Promise<boolean> {
  for (let turn = 0; turn < 2; turn++) {
    const answer = await askStream(transport, 1, 100);
    if (answer === undefined) continue;
    await transport.discardInput();
    return answer === NACK || answer === ACK;
  }
  return false;
}

/** Sends 0x7F so many times; the first byte that comes back, or undefined. */
async function askStream(
  transport: Transport,
  bytes: number,
  timeoutMs: number,
): Promise<number | undefined> {
  try {
    await transport.exchange([
      write(new Uint8Array(bytes).fill(SYNC)),
      { kind: "poll", accept: NACK, timeoutMs },
    ]);
    return NACK;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    if (error.failure === "system") throw busFailed(error);
    return error.reply;
  }
}

/** An adapter that was unplugged or an access that is forbidden does not mend itself by waiting. */
function rethrowIfGone(error: StepError): void {
  if (isSystemError(error.cause) && GONE.has(error.cause.code)) throw busFailed(error);
}

const FORBIDDEN: ReadonlySet<string> = new Set(["EPERM", "EACCES"]);
const GONE: ReadonlySet<string> = new Set(["ENODEV", "ESHUTDOWN", "EBADF", ...FORBIDDEN]);

function busFailed({ cause }: StepError): BootlaceError {
  const name = isSystemError(cause) ? cause.code : "unknown error";
  const code = FORBIDDEN.has(name) ? "NO_PERMISSION" : GONE.has(name) ? "ADAPTER_GONE" : "BUS_FAILED";
  return new BootlaceError(code, `the way to the chip cannot be used any more (${name})`, {}, { cause });
}
