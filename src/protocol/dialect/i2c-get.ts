/**
 * Get on I2C: the reply is one frame of N + 2 bytes whose length must be known beforehand, and no version settles it. A wrong guess is
 * noticed by N and by the closing status, and brought back into step:
 * - one byte short: some chips take the reply as finished, then the closing status is due (seen on a G030); ST's own command code keeps
 *   the last byte and sends it first in the next read (Open Bootloader v6.1.3, 21 bytes where its version's list has 20). Reading
 *   two bytes tells which, and is in step with both;
 * - more than that: ST's code holds the clock until its time-out resets the chip. Then it is asked again, with the right length.
 */
import { BootlaceError } from "../../errors.js";
import type { Transport } from "../../transport/transport.js";
import { ACK, GET } from "../commands.js";
import { begin, DialogueBuilder, type Dialogue } from "../dialogue.js";
import { PLAIN } from "../frames.js";
import { runDialogue } from "../link.js";
import type { GetReply } from "./dialect.js";
import { resynchroniseMessages } from "./i2c-resync.js";

/** N and the version stand in front of the opcodes. */
const HEAD_BYTES = 2;
/** The list of protocol 2.0 as an STM32H5 has it; other chips of 2.0 have others. */
const COMMANDS_OF_2_0 = 15;

/** @param expected the list that this chip has, or that its version usually has */
export async function getByMessage(
  transport: Transport,
  expected: readonly number[] | undefined,
): Promise<GetReply> {
  const guess = HEAD_BYTES + (expected?.length ?? COMMANDS_OF_2_0);
  const reply = await askOrCount(transport, guess);
  const length = HEAD_BYTES + reply[0]!;
  if (length === reply.length) return close(transport, reply);
  if (length !== reply.length + 1) return getAgain(transport, length, closing());
  const rest = await readRest(transport);
  return rest === undefined ? getAgain(transport, length) : parse(Uint8Array.of(...reply, rest));
}

const HELD: ReadonlySet<string> = new Set(["TIMED_OUT", "BUS_FAILED", "BUS_BUSY"]);

/** A chip that holds the clock where the reply is shorter than the guess says nothing: then N is asked for alone. */
async function askOrCount(transport: Transport, guess: number): Promise<Uint8Array> {
  try {
    return await ask(transport, guess);
  } catch (error) {
    const held = error instanceof BootlaceError && error.context.stage === "reply" && HELD.has(error.code);
    if (!held) throw error;
    await resynchroniseMessages(transport, {});
    return ask(transport, 1);
  }
}

/** @returns the byte that was left over; undefined where the chip took the short reply as finished */
async function readRest(transport: Transport): Promise<number | undefined> {
  const { reads } = await runDialogue(transport, new DialogueBuilder(GET.name, false).read(2).build());
  const [first, second] = reads[0]!;
  return first !== ACK && second === ACK ? first : undefined;
}

/** @param due what a chip that took the short reply as finished still has to say; one that holds the clock is reset by its time-out */
async function getAgain(transport: Transport, length: number, due?: Dialogue): Promise<GetReply> {
  try {
    if (due) await runDialogue(transport, due);
  } catch (error) {
    if (!(error instanceof BootlaceError)) throw error;
  }
  await resynchroniseMessages(transport, {});
  const reply = await ask(transport, length);
  if (HEAD_BYTES + reply[0]! !== length)
    throw new BootlaceError(
      "DESYNCHRONISED",
      "Get: the length of the command list changes from one answer to the next",
    );
  return close(transport, reply);
}

async function close(transport: Transport, reply: Uint8Array): Promise<GetReply> {
  await runDialogue(transport, closing());
  return parse(reply);
}

const closing = (): Dialogue => new DialogueBuilder(GET.name, false).ack("completion").build();

/** Without the closing status: whether it is due depends on the length. */
const ask = async (transport: Transport, length: number): Promise<Uint8Array> =>
  (await runDialogue(transport, begin(PLAIN, GET).read(length).build())).reads[0]!;

const parse = (reply: Uint8Array): GetReply => ({ version: reply[1]!, commands: [...reply.subarray(2)] });
