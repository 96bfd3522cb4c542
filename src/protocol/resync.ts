/**
 * Getting back to a command boundary after a broken command. No document defines an escape; on I2C an unknown command is
 * sent until it is refused, on UART bytes of which no pair is a command are, until what the chip was waiting for is complete.
 */
import { BootlaceError, isSystemError } from "../errors.js";
import { delay, StepError, write, type Step, type Transport } from "../transport/transport.js";
import { ACK, BUSY, NACK, SYNC } from "./commands.js";
import { explainSystem } from "./failure.js";
import { PROBE_FRAME } from "./frames.js";
import { monotonicMs } from "../monotonic.js";

export interface ResyncOptions {
  /** The broken command may still owe a status byte: take it before anything is written. */
  readonly statusDue?: boolean;
  /** How long the chip may need: a command that goes on in the chip, or a reset by its own time-out (2.2 s at most) and its start. */
  readonly timeoutMs?: number;
  /** Nothing at all is sent for so long: for chips that lose the status with the stretch, and take a question for a broken order. */
  readonly quietMs?: number;
  /** UART: 0x7F that the caller has sent already, without an answer. */
  readonly sentSyncs?: number;
  /** UART: the chip may wait for a list of pages whose count is 0x7F7F. */
  readonly longList?: boolean;
}

/** Longer than the longest time-out after which a chip resets itself (STM32C051: 2.2 s) and its start. */
const DEFAULT_TIMEOUT_MS = 5_000;
const INTERVAL_MS = 20;

/** @throws BootlaceError DESYNCHRONISED, or what the bus says (NO_REPLY, TIMED_OUT, BUS_FAILED ...), when the chip does not come back in time */
export async function resynchronise(transport: Transport, options: ResyncOptions = {}): Promise<void> {
  if (transport.traits.opening === "autobaud") return resynchroniseStream(transport, options);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  if (options.quietMs) await transport.exchange([delay(options.quietMs)]);
  if (options.statusDue) await takeStatus(transport, timeoutMs);
  await probeUntilRefused(transport, options.statusDue ? DEFAULT_TIMEOUT_MS : timeoutMs);
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

/** What a UART is resynchronised with; see SYNC_BYTES for why not 0x7F alone. */
const FILLER = 0x02;
/**
 * 0x7F comes first, because a chip that has just reset measures the baud rate by it. Three of them: a chip that waits for a count
 * takes the first as N = 127, and the 130 bytes that follow must not become a valid frame, or it would write 0x7F to the flash or
 * erase page 127. Of nothing but 0x7F the XOR is right; of three and 127 times another byte it is not. 02 02 is no command either.
 */
const SYNC_BYTES = 3;
/** Longest lists: 512 pages (AN3155) and some more. */
const FILLER_BYTES = 1_100;
/** The most that Erase 0x44 can wait for: 0x7F7F + 1 page numbers of two bytes each, and the checksum. */
const LONGEST_LIST_BYTES = 65_300;
/** A line that answers all the time and never rightly is noise. */
const MOST_ROUNDS = 100;
const NUDGE_WAIT_MS = 100;
const BURST_WAIT_MS = 40;
/** What a UART chip may still be busy with, as far as the caller does not know better. */
const STREAM_TIMEOUT_MS = 5_000;

/**
 * Ends when a single 0x7F was refused: it was the second of a pair, and nothing follows. An ACK is no end: a chip that has just
 * reset gives it, and so does one that took the byte for the last one of a frame.
 */
async function resynchroniseStream(
  transport: Transport,
  { sentSyncs = 0, longList = false, timeoutMs = STREAM_TIMEOUT_MS }: ResyncOptions,
): Promise<void> {
  await transport.discardInput();
  const mostBytes = longList ? LONGEST_LIST_BYTES : FILLER_BYTES;
  let singles = SYNC_BYTES - sentSyncs;
  for (let waitedMs = 0, rounds = 0; waitedMs < timeoutMs && rounds < MOST_ROUNDS; rounds++) {
    const answer = await nudge(transport, singles);
    if (answer === NACK) return;
    waitedMs += singles * NUDGE_WAIT_MS;
    singles = SYNC_BYTES;
    if (answer === undefined) waitedMs += await fill(transport, mostBytes);
  }
  throw new BootlaceError("DESYNCHRONISED", "the bootloader does not come back to a command boundary", {
    hint: "Reset the chip into its bootloader (--reset-sequence can do that) and run the same command again.",
  });
}

/** Single bytes, until one is answered. @returns the answer */
async function nudge(transport: Transport, most: number): Promise<number | undefined> {
  for (let sent = 0; sent < most; sent++) {
    const answer = await askStream(transport, Uint8Array.of(SYNC), NUDGE_WAIT_MS);
    if (answer === undefined) continue;
    await transport.discardInput();
    return answer;
  }
  return undefined;
}

/** Ever longer bursts, until something comes. @returns ms that nothing came */
async function fill(transport: Transport, mostBytes: number): Promise<number> {
  let waitedMs = 0;
  for (let sent = 0, burst = 16; sent < mostBytes; sent += burst, burst = Math.min(burst * 2, 1024)) {
    const answer = await askStream(transport, new Uint8Array(burst).fill(FILLER), BURST_WAIT_MS);
    if (answer !== undefined) {
      await transport.discardInput();
      break;
    }
    waitedMs += BURST_WAIT_MS;
  }
  return waitedMs;
}

/** The first byte that comes back, or undefined. */
async function askStream(
  transport: Transport,
  bytes: Uint8Array,
  timeoutMs: number,
): Promise<number | undefined> {
  try {
    await transport.exchange([write(bytes), { kind: "poll", accept: NACK, timeoutMs }]);
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
