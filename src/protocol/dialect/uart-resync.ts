/** UART: bytes of which no pair is a command are sent, until what the chip was waiting for is complete. */
import { BootlaceError } from "../../errors.js";
import { StepError, write, type Transport } from "../../transport/transport.js";
import { NACK, SYNC } from "../commands.js";
import type { ResyncOptions } from "./dialect.js";
import { busFailed } from "./gone.js";

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
export async function resynchroniseStream(
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
