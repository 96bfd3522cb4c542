/** Get, Get Version and Get ID: AN4221 rev 14 on I2C, AN3155 rev 20 on UART. */
import { BootlaceError } from "../errors.js";
import type { Transport } from "../transport/transport.js";
import { GET, GET_ID, GET_VERSION, usualGetLength, type Command } from "./commands.js";
import { DialogueBuilder, type Dialogue } from "./dialogue.js";
import { complementFrame } from "./frames.js";
import { runDialogue } from "./link.js";
import { resynchronise } from "./resync.js";

export interface Identity {
  /** Version byte of the protocol, 0x12 for 1.2. */
  readonly version: number;
  /** Opcodes that the chip lists. They decide, not the version. */
  readonly commands: readonly number[];
  /** Product ID, 0x460. */
  readonly productId: number;
}

/**
 * Asks who is there.
 * @param version answer of Get Version: on I2C it tells the likely length of the Get reply; a stream does not need it
 */
export async function identify(transport: Transport, version = 0): Promise<Identity> {
  const byMessage = transport.traits.framing === "message";
  const { commands, version: listed } = await (byMessage
    ? getByMessage(transport, version)
    : getByStream(transport));
  return { version: listed, commands, productId: await getId(transport) };
}

export async function getVersion(transport: Transport): Promise<number> {
  const dialogue = simple(GET_VERSION.name, GET_VERSION.opcode)
    .read(transport.traits.versionReplyBytes)
    .ack("completion");
  const { reads } = await runDialogue(transport, dialogue.build());
  return reads[0]![0]!; // the two further bytes on UART are leftovers of option bytes
}

interface GetReply {
  readonly version: number;
  readonly commands: readonly number[];
}

/**
 * The reply is one frame of N + 2 bytes whose length must be known: by version, or by reading N alone first. A reply that was read
 * too short counts as finished, and its closing status is due (seen on hardware); what a chip does with a longer read is not known.
 */
async function getByMessage(transport: Transport, version: number): Promise<GetReply> {
  const guess = usualGetLength(version) ?? 1;
  const { reads } = await runDialogue(transport, getOfLength(guess));
  const reply = reads[0]!;
  const length = reply[0]! + 2;
  if (length !== guess) return getAgain(transport, length);
  await runDialogue(transport, closing());
  return parseGet(reply);
}

async function getAgain(transport: Transport, length: number): Promise<GetReply> {
  await resynchronise(transport, { statusDue: true });
  const { reads } = await runDialogue(transport, getOfLength(length));
  const reply = reads[0]!;
  if (reply[0]! + 2 !== length)
    throw new BootlaceError(
      "DESYNCHRONISED",
      "Get: the length of the command list changes from one answer to the next",
    );
  await runDialogue(transport, closing());
  return parseGet(reply);
}

/** Without the closing status: whether it is due depends on the length. */
export const getOfLength = (length: number): Dialogue => simple(GET.name, GET.opcode).read(length).build();
export const closing = (): Dialogue => new DialogueBuilder(GET.name, false).ack("completion").build();

async function getByStream(transport: Transport): Promise<GetReply> {
  return parseGet(await countedReply(transport, GET));
}

const parseGet = (reply: Uint8Array): GetReply => ({ version: reply[1]!, commands: [...reply.subarray(2)] });

export async function getId(transport: Transport): Promise<number> {
  if (transport.traits.framing === "message") {
    const { reads } = await runDialogue(
      transport,
      simple(GET_ID.name, GET_ID.opcode).read(3).ack("completion").build(),
    );
    return productIdOf(reads[0]!);
  }
  return productIdOf(await countedReply(transport, GET_ID));
}

/** A stream: the count first, then as many bytes and one more as it says. @returns all of them */
async function countedReply(transport: Transport, { name, opcode }: Command): Promise<Uint8Array> {
  const first = await runDialogue(transport, simple(name, opcode).read(1).build());
  const count = first.reads[0]![0]!;
  const rest = new DialogueBuilder(name, false).read(count + 1).ack("completion");
  const { reads } = await runDialogue(transport, rest.build());
  return Uint8Array.of(count, ...reads[0]!);
}

/**
 * The product ID in a whole Get ID reply, its count byte first. Two bytes on nearly every STM32, most significant first. Protocol 2.0
 * on UART sends the low one alone (AN3155 rev 20, protocol versions). WB0 and WL3: metal fix, mask set, product ID, and on WB09 one
 * byte more (AN5471 and AN5920, Get ID; the fourth byte is stated by hosts that drive it).
 */
export function productIdOf(reply: Uint8Array): number {
  const [, first = 0, second, third] = reply;
  if (second === undefined) return 0x400 | first;
  return third ?? (first << 8) | second;
}

const simple = (name: string, opcode: number): DialogueBuilder =>
  new DialogueBuilder(name, false).send("command", complementFrame(opcode));
