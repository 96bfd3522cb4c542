/** From "somebody may be there" to a bootloader at a command boundary whose version, commands and product ID are known. */
import { BootlaceError } from "../errors.js";
import type { Traits } from "../transport/traits.js";
import { delay, StepError, write, type Transport } from "../transport/transport.js";
import { ACK, GET, NACK, SYNC, usualCommands } from "./commands.js";
import { getVersion, identify, type Identity } from "./identify.js";
import { patiently, surely } from "./patiently.js";
import { resynchronise } from "./resync.js";

/** A chip that was just reset needs up to about 100 ms before it answers (AN2606 rev 70, tables 227 to 231). */
const SILENT_ATTEMPTS = 6;
const SILENT_WAIT_MS = 50;
/** What a command that goes on in the chip from an earlier run may still need. */
const BUSY_PATIENCE_MS = 45_000;

/**
 * Opens the dialogue and asks who is there. A chip that is in the middle of a command, because an earlier run was killed, is
 * brought back first.
 * @throws BootlaceError NO_REPLY when nobody answers; DESYNCHRONISED when something answers that is no bootloader
 */
export async function connectBootloader(transport: Transport): Promise<Identity> {
  if (transport.traits.opening === "autobaud") {
    await synchroniseStream(transport);
    return identifyPatiently(transport);
  }
  return identifyPatiently(transport, await answerToVersion(transport));
}

/** Nothing else is asked before Get Version was answered: an address may belong to another device. */
async function answerToVersion(transport: Transport): Promise<number> {
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

/** An earlier command may owe a status, or hold the clock until it is done. */
async function recover(transport: Transport, error: BootlaceError): Promise<void> {
  const busy = error.code === "TIMED_OUT";
  await resynchronise(transport, busy ? { statusDue: true, timeoutMs: BUSY_PATIENCE_MS } : {});
}

const nobody = (transport: Transport, error: BootlaceError): BootlaceError =>
  error.code === "NO_REPLY"
    ? new BootlaceError("NO_REPLY", `no bootloader answers on ${transport.description}`, error.context, {
        cause: error.cause,
      })
    : error;

/** Neither Get nor Get ID has a checksum: a list of commands that is not its version's usual one must come twice. */
async function identifyPatiently(transport: Transport, version?: number): Promise<Identity> {
  const ask = (): Promise<Identity> => patiently(transport, () => identify(transport, version));
  const identity = await ask();
  if (isUsualList(identity, transport.traits)) return identity;
  return surely(GET.name, ask, (a, b) => a.version === b.version && sameList(a.commands, b.commands));
}

const isUsualList = ({ version, commands }: Identity, { framing }: Traits): boolean =>
  sameList(commands, usualCommands(version, framing) ?? []);

const sameList = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((opcode, index) => opcode === b[index]);

/**
 * 0x7F: a fresh chip answers ACK. One that is synchronised already takes it as an opcode and stays silent, then the second is a
 * wrong complement and gives NACK: either way it is at a command boundary (AN3155 rev 20; reference practice of known hosts).
 * A chip that may be in the middle of a command is brought back at the rate it was synchronised at, before lower ones are tried.
 */
async function synchroniseStream(transport: Transport): Promise<void> {
  await transport.discardInput();
  if (await answersSync(transport, SYNC_ATTEMPTS)) return;
  if (await recovers(transport)) return;
  while (await transport.slowDown()) if (await answersSync(transport, 2)) return;
  throw new BootlaceError("NO_REPLY", `no bootloader answers on ${transport.description}`);
}

/** A UART does not tell a chip that is busy from one that is not there: nobody wants to wait long for the second. */
const STREAM_PATIENCE_MS = 1_500;
/** An odd number: see SYNC_BYTES in resync.ts. */
const SYNC_ATTEMPTS = 3;

async function answersSync(transport: Transport, attempts: number): Promise<boolean> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const answer = await sendSync(transport);
    if (answer === ACK || answer === NACK) {
      await transport.discardInput(); // L412 with bootloader V13.1 answers twice
      return true;
    }
  }
  return false;
}

async function sendSync(transport: Transport): Promise<number | undefined> {
  try {
    await transport.exchange([write(Uint8Array.of(SYNC)), { kind: "poll", accept: ACK, timeoutMs: 300 }]);
    return ACK;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    if (error.failure === "system")
      throw new BootlaceError("BUS_FAILED", `${transport.description} failed`, {}, { cause: error.cause });
    return error.reply;
  }
}

async function recovers(transport: Transport): Promise<boolean> {
  try {
    await resynchronise(transport, { sentSyncs: SYNC_ATTEMPTS, timeoutMs: STREAM_PATIENCE_MS });
    return true;
  } catch (error) {
    if (error instanceof BootlaceError && error.code === "DESYNCHRONISED") return false;
    throw error;
  }
}
