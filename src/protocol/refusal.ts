/**
 * A command that the bootloader lists and refuses at its opcode: readout protection does that, and so does a bootloader that has no
 * code for what it lists (Open Bootloader v3.0.1 lists Get Checksum). Read Memory is refused by protection too (AN4221 rev 14 and
 * AN3155 rev 20, Read Memory), so it tells which.
 */
import { BootlaceError } from "../errors.js";
import type { Transport } from "../transport/transport.js";
import { compileRead } from "./compile.js";
import { dialectOf } from "./dialect/table.js";
import { CommandFailure, runDialogue } from "./link.js";

/** What `failure` says, with its reason where it is such a refusal; anything else as it is. */
export async function withReason(transport: Transport, failure: unknown): Promise<unknown> {
  if (failure instanceof CommandFailure)
    return new CommandFailure(failure.done, await reasonOf(transport, failure.cause));
  return failure instanceof BootlaceError ? reasonOf(transport, failure) : failure;
}

async function reasonOf(transport: Transport, error: BootlaceError): Promise<BootlaceError> {
  if (error.code !== "REFUSED" || error.context.stage !== "command") return error;
  const read = await readIsRefused(transport);
  if (read === undefined) return error;
  if (read) return new BootlaceError("PROTECTED", error.message, error.context, { cause: error.cause });
  const text = `${error.message}, though the bootloader lists it; the chip can be read, so this is no readout protection`;
  return new BootlaceError("REFUSED", text, { ...error.context, hint: HINT }, { cause: error.cause });
}

const HINT =
  "Some bootloaders list a command that they have no code for: do without it, or update the bootloader where it is a program of your own.";

/** The flash of nearly every STM32. Where it lies elsewhere, the address is refused, and the command was not. */
const SOME_ADDRESS = 0x0800_0000;

/** @returns undefined where the answer to the opcode of Read Memory did not come */
async function readIsRefused(transport: Transport): Promise<boolean | undefined> {
  const dialect = dialectOf(transport);
  try {
    await dialect.settle(transport); // where a refusal that was none leaves the chip in the middle of the command
    await runDialogue(transport, compileRead(dialect, SOME_ADDRESS, 4));
    return false;
  } catch (error) {
    if (!(error instanceof BootlaceError)) throw error;
    if (error.code === "PROTECTED") return true;
    return error.context.stage === "command" ? undefined : false;
  }
}
