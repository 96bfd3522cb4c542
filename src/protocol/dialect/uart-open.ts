/** UART: the chip measures the rate by a 0x7F, and must be found at a rate that it understands. */
import { BootlaceError } from "../../errors.js";
import { StepError, write, type Transport } from "../../transport/transport.js";
import { OTHER_TALKER_HINT, shownBytes } from "../../transport/serial/other-talker.js";
import { ACK, NACK, SYNC } from "../commands.js";
import { resynchroniseStream } from "./uart-resync.js";

/**
 * 0x7F: a fresh chip answers ACK. One that is synchronised already takes it as an opcode and stays silent, then the second is a
 * wrong complement and gives NACK: either way it is at a command boundary (AN3155 rev 20; reference practice of known hosts).
 * A chip that may be in the middle of a command is brought back at the rate it was synchronised at, before lower ones are tried.
 */
export async function openStream(transport: Transport): Promise<void> {
  await transport.discardInput();
  const strange: number[] = [];
  if (await answersSync(transport, SYNC_ATTEMPTS, strange)) return;
  if (await recovers(transport)) return;
  while (await transport.slowDown()) if (await answersSync(transport, 2, strange)) return;
  throw nobody(transport, strange);
}

/** @param strange bytes that came in answer to 0x7F and are neither ACK nor NACK */
function nobody({ description }: Transport, strange: readonly number[]): BootlaceError {
  const text = `no bootloader answers on ${description}`;
  if (strange.length === 0) return new BootlaceError("NO_REPLY", text, { hint: SILENT_HINT });
  if (strange.every((byte) => byte === SYNC))
    return new BootlaceError("NO_REPLY", `${text}: each 0x7F that was sent came back`, { hint: ECHO_HINT });
  const bytes = `bytes came that no bootloader answers to 0x7F: ${shownBytes(strange)}`;
  return new BootlaceError("NO_REPLY", `${text}; ${bytes}`, { hint: OTHER_TALKER_HINT });
}

/** A count of pages that an earlier run left behind: up to 0xFFEF, and the bootloader waits for 131 KB without a word. */
const SILENT_HINT =
  "Check power and wiring, and that BOOT0 was high when NRST was released. A bootloader that was left in the middle of a command is " +
  "silent, too, after an erase that was cut off for as long as it has power: reset it and run the same command again.";

const ECHO_HINT =
  "An echo: a login console on this port, TX joined to RX, or an adapter for one wire. Nothing of it comes from a bootloader.";

/** A UART does not tell a chip that is busy from one that is not there: nobody wants to wait long for the second. */
const STREAM_PATIENCE_MS = 1_500;
/** An odd number: see SYNC_BYTES in uart-resync.ts. */
const SYNC_ATTEMPTS = 3;

/** At the rate that it was met at: a reset changes nothing about that. */
export const meetStreamAgain = (transport: Transport, patienceMs: number): Promise<boolean> =>
  answersSync(transport, Math.ceil(patienceMs / SYNC_TIMEOUT_MS));

/** How long the chip may take to answer a 0x7F. */
const SYNC_TIMEOUT_MS = 300;

async function answersSync(transport: Transport, attempts: number, strange: number[] = []): Promise<boolean> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const answer = await sendSync(transport);
    if (answer === ACK || answer === NACK) {
      await transport.discardInput(); // L412 with bootloader V13.1 answers twice
      return true;
    }
    if (answer === undefined) continue;
    strange.push(answer);
    await transport.discardInput(); // what a line says while a chip starts: the answer to this 0x7F may lie behind it
  }
  return false;
}

async function sendSync(transport: Transport): Promise<number | undefined> {
  try {
    await transport.exchange([
      write(Uint8Array.of(SYNC)),
      { kind: "poll", accept: ACK, timeoutMs: SYNC_TIMEOUT_MS },
    ]);
    return ACK;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    if (error.failure === "system")
      throw error.cause instanceof BootlaceError
        ? error.cause
        : new BootlaceError("BUS_FAILED", `${transport.description} failed`, {}, { cause: error.cause });
    return error.reply;
  }
}

async function recovers(transport: Transport): Promise<boolean> {
  try {
    await resynchroniseStream(transport, { sentSyncs: SYNC_ATTEMPTS, timeoutMs: STREAM_PATIENCE_MS });
    return true;
  } catch (error) {
    if (error instanceof BootlaceError && error.code === "DESYNCHRONISED") return false;
    throw error;
  }
}
