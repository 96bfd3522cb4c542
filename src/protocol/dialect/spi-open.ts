/**
 * SPI: from "somebody may be there" to a command boundary, and back to it after a broken command. Bare polls must not be sent to a chip of
 * unknown state: their 00 complete a count or a block that it waits for, and page 0 is erased. One 5A in front makes the checksum of every
 * open frame wrong, wakes a chip that was just reset, and is half a command (5A 00 00, refused) to one at a boundary. Found with ST's own
 * command code (Open Bootloader v6.1.3) in all of its half-done states.
 */
import { BootlaceError } from "../../errors.js";
import { monotonicMs } from "../../monotonic.js";
import { delay, read, StepError, write, type Step, type Transport } from "../../transport/transport.js";
import { ACK, NACK } from "../commands.js";
import { START_OF_FRAME } from "../frames.js";
import type { ResyncOptions } from "./dialect.js";
import { busFailed } from "./gone.js";

/** Longer than the longest reply that may be left unread, and than the 40 polls that an H750 needed after its reset. */
const ROUND_BYTES = 300;
/** What a chip sends that has nothing to say, or in front of a status. */
const BUSY = 0xa5;
const FILLERS: ReadonlySet<number> = new Set([BUSY, 0x00, 0xdb]);

const ROUND: readonly Step[] = [
  write(Uint8Array.of(START_OF_FRAME)),
  { ...read(ROUND_BYTES), continues: true },
  // Whatever status was clocked away: the chip waits for exactly this.
  write(Uint8Array.of(ACK)),
];

/** "boundary": the half command was refused. "answered": something is there. "busy": it has nothing to say yet. "silent": no level ever changed. */
type Found = "boundary" | "answered" | "busy" | "silent";

async function round(transport: Transport): Promise<Found> {
  try {
    const { reads } = await transport.exchange(ROUND);
    return judge(reads[0]!);
  } catch (error) {
    throw error instanceof StepError ? busFailed(error) : error;
  }
}

/** Behind anything but fillers a 79 or 1F may be data that an earlier run did not fetch. */
function judge(bytes: Uint8Array): Found {
  const [first] = bytes;
  // An old ROM whose core the flash holds up repeats what it sent last (AN4286 rev 15).
  if (bytes.every((byte) => byte === first)) return first === BUSY || first === ACK ? "busy" : "silent";
  const status = bytes.find((byte) => !FILLERS.has(byte));
  if (status === NACK) return "boundary";
  return status === undefined ? "busy" : "answered";
}

/** Rounds that were answered, and not with the refusal: sense must come of them soon. */
const MOST_ANSWERED = 8;
const SILENT_WAIT_MS = 50;
const LEAST_PAUSE_MS = 5;
const MOST_PAUSE_MS = 250;

interface Patience {
  /** While nobody is there. */
  readonly silentMs: number;
  /** While somebody is there and busy. */
  readonly busyMs: number;
}

/** @returns what was found last; "boundary" when it went well */
async function rounds(transport: Transport, { silentMs, busyMs }: Patience): Promise<Found> {
  const deadline = monotonicMs() + Math.max(silentMs, busyMs);
  let [waitedMs, answered, pauseMs] = [0, 0, LEAST_PAUSE_MS];
  for (;;) {
    const found = await round(transport);
    if (found === "boundary") return found;
    if (found === "answered" && ++answered > MOST_ANSWERED) return found;
    if (found === "answered") continue;
    if (waitedMs >= (found === "busy" ? busyMs : silentMs) || monotonicMs() > deadline) return found;
    const waitMs = found === "busy" ? pauseMs : SILENT_WAIT_MS;
    await transport.exchange([delay(waitMs)]);
    waitedMs += waitMs;
    pauseMs = Math.min(pauseMs * 1.5, MOST_PAUSE_MS);
  }
}

/** A chip that was just reset needs up to about 300 ms; one that an earlier run left in an erase, as long as that takes. */
const OPEN: Patience = { silentMs: 300, busyMs: 45_000 };

/** @throws BootlaceError NO_REPLY, TIMED_OUT, DESYNCHRONISED, or what the bus says */
export async function openSpi(transport: Transport): Promise<undefined> {
  const found = await rounds(transport, OPEN);
  if (found === "silent")
    throw new BootlaceError("NO_REPLY", `no bootloader answers on ${transport.description}`, {
      hint: SILENT_HINT,
    });
  if (found !== "boundary") throw lost(found);
}

const SILENT_HINT =
  "Check power and wiring (MISO never changed), that NSS reaches the chip, and that BOOT0 was high when NRST was released. " +
  "A bootloader that was spoken to on another bus since its reset listens there only.";

const RESET_HINT =
  "Reset the chip into its bootloader (--reset-sequence can do that) and run the same command again; a lower rate (?hz=) may help.";

const lost = (found: Found): BootlaceError =>
  found === "busy"
    ? new BootlaceError("TIMED_OUT", "the bootloader is busy (0xA5) and does not come back", {
        hint: RESET_HINT,
      })
    : new BootlaceError("DESYNCHRONISED", "the bootloader did not come back to a command boundary", {
        hint: RESET_HINT,
      });

/** What a chip may still be busy with, as far as the caller does not know better. */
const RESYNC_MS = 5_000;

export async function resynchroniseSpi(
  transport: Transport,
  { quietMs, timeoutMs = RESYNC_MS }: ResyncOptions,
): Promise<void> {
  if (quietMs) await transport.exchange([delay(quietMs)]);
  const found = await rounds(transport, { silentMs: Math.min(timeoutMs, RESYNC_MS), busyMs: timeoutMs });
  if (found === "silent")
    throw new BootlaceError("NO_REPLY", "the bootloader does not answer any more", { hint: RESET_HINT });
  if (found !== "boundary") throw lost(found);
}

/** After a reset of its own the chip waits for a 5A again. */
export async function meetSpiAgain(transport: Transport, patienceMs: number): Promise<boolean> {
  return (await rounds(transport, { silentMs: patienceMs, busyMs: patienceMs })) === "boundary";
}
