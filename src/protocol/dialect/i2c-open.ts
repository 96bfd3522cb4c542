/** I2C: being addressed selects the interface, and Get Version tells whether a bootloader is there. */
import { BootlaceError } from "../../errors.js";
import { delay, type Transport } from "../../transport/transport.js";
import { GET_VERSION } from "../commands.js";
import { begin } from "../dialogue.js";
import { PLAIN } from "../frames.js";
import { runDialogue } from "../link.js";
import { resynchroniseMessages } from "./i2c-resync.js";

/** A chip that was just reset needs up to about 100 ms before it answers (AN2606 rev 70, tables 227 to 231). */
const SILENT_ATTEMPTS = 6;
const SILENT_WAIT_MS = 50;
/** What a command that goes on in the chip from an earlier run may still need. */
const BUSY_PATIENCE_MS = 45_000;

/** Nothing else is asked before Get Version was answered: an address may belong to another device. */
export async function openMessages(transport: Transport): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await getVersion(transport);
    } catch (error) {
      if (!(error instanceof BootlaceError)) throw error;
      if (error.code === "NO_REPLY" && attempt < SILENT_ATTEMPTS)
        await transport.exchange([delay(SILENT_WAIT_MS)]);
      else if (attempt < SILENT_ATTEMPTS && (error.side === "way" || error.code === "REFUSED"))
        await recover(transport, error);
      else throw nobody(transport, error);
    }
  }
}

/** Until it starts, nobody acknowledges the address. @throws BootlaceError BUS_FAILED when it was not the chip that failed to the end */
export async function meetMessagesAgain(transport: Transport, patienceMs: number): Promise<boolean> {
  for (let waitedMs = 0; ; waitedMs += AGAIN_MS) {
    try {
      await getVersion(transport);
      return true;
    } catch (error) {
      if (!(error instanceof BootlaceError) || (error.side !== "way" && error.code !== "REFUSED"))
        throw error;
      if (waitedMs >= patienceMs && error.code === "BUS_FAILED") throw error;
      if (waitedMs >= patienceMs) return false;
      await transport.exchange([delay(AGAIN_MS)]);
    }
  }
}

const AGAIN_MS = 20;

/** An earlier command may owe a status, or hold the clock until it is done. */
async function recover(transport: Transport, error: BootlaceError): Promise<void> {
  const busy = error.code === "TIMED_OUT";
  await resynchroniseMessages(transport, busy ? { statusDue: true, timeoutMs: BUSY_PATIENCE_MS } : {});
}

const nobody = (transport: Transport, error: BootlaceError): BootlaceError =>
  error.code === "NO_REPLY"
    ? new BootlaceError("NO_REPLY", `no bootloader answers on ${transport.description}`, error.context, {
        cause: error.cause,
      })
    : error;

export async function getVersion(transport: Transport): Promise<number> {
  const { reads } = await runDialogue(transport, begin(PLAIN, GET_VERSION).read(1).ack("completion").build());
  return reads[0]![0]!;
}
