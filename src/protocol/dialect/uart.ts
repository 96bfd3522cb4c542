/** AN3155 rev 20: a stream, in which the reader may read on; counts are part of the frame that they count. */
import { delay, read, StepError, type Transport } from "../../transport/transport.js";
import {
  ACK,
  BASE_LIST,
  checksumTimeoutMs,
  GET,
  GET_CHECKSUM,
  GET_ID,
  GET_VERSION,
  LEGACY_ERASE,
  type Command,
} from "../commands.js";
import { compileWordChecksum } from "../compile.js";
import { begin, DialogueBuilder } from "../dialogue.js";
import { dialogueFailure } from "../failure.js";
import { countedPageListFrame, countedSectorListFrame, PLAIN } from "../frames.js";
import { runDialogue } from "../link.js";
import type { ChecksumQuestion, Dialect } from "./dialect.js";
import { meetStreamAgain, openStream } from "./uart-open.js";
import { resynchroniseStream } from "./uart-resync.js";

const LEGACY_LIST = BASE_LIST.map((opcode) => (opcode === 0x44 ? LEGACY_ERASE.opcode : opcode));

/** AN3155 rev 20, tables 2 and 3; 4.0 varies. */
const USUAL_LISTS: Readonly<Record<number, readonly number[]>> = {
  0x20: LEGACY_LIST,
  0x21: LEGACY_LIST,
  0x22: LEGACY_LIST,
  0x30: BASE_LIST,
  0x31: BASE_LIST,
  0x32: BASE_LIST,
  0x33: [...BASE_LIST, GET_CHECKSUM.opcode],
};

export const UART: Dialect = {
  ...PLAIN,
  programWaitMs: 0,
  open: async (transport) => {
    await openStream(transport);
    return undefined;
  },
  meetAgain: meetStreamAgain,
  /** Three bytes; the two behind the version are leftovers of option bytes. */
  getVersion: async (transport) => {
    const { reads } = await runDialogue(
      transport,
      begin(PLAIN, GET_VERSION).read(3).ack("completion").build(),
    );
    return reads[0]![0]!;
  },
  get: async (transport) => {
    const reply = await countedReply(transport, GET);
    return { version: reply[1]!, commands: [...reply.subarray(2)] };
  },
  getId: (transport) => countedReply(transport, GET_ID),
  usualCommands: (version) => USUAL_LISTS[version],
  resynchronise: resynchroniseStream,
  settle: () => Promise.resolve(),
  sendPages: (dialogue, pages, final) => dialogue.send("list", countedPageListFrame(pages), final),
  sendSectors: (dialogue, sectors, final) => dialogue.send("list", countedSectorListFrame(sectors), final),
  checksum: async (transport, question) => {
    await runDialogue(transport, compileWordChecksum(PLAIN, question));
    return readWordReply(transport, question);
  },
};

/** The count first, then as many bytes and one more as it says. @returns all of them */
async function countedReply(transport: Transport, command: Command): Promise<Uint8Array> {
  const first = await runDialogue(transport, begin(PLAIN, command).read(1).build());
  const count = first.reads[0]![0]!;
  const rest = new DialogueBuilder(command.name, false).read(count + 1).ack("completion");
  const { reads } = await runDialogue(transport, rest.build());
  return Uint8Array.of(count, ...reads[0]!);
}

/** CRC, four bytes most significant first, and their XOR. */
const REPLY_BYTES = 5;

/** After the initial value one or two ACKs come, the second when the CRC is ready: AN3155 draws both. A CRC may begin with 0x79 too. */
async function readWordReply(transport: Transport, { length }: ChecksumQuestion): Promise<Uint8Array> {
  const reply = new DialogueBuilder(GET_CHECKSUM.name, false)
    .read(REPLY_BYTES, checksumTimeoutMs(length))
    .build();
  const { reads } = await runDialogue(transport, reply);
  const five = reads[0]!;
  if (five[0] !== ACK) return five;
  const sixth = await nextByte(transport);
  return sixth === undefined ? five : Uint8Array.of(...five.subarray(1), sixth);
}

/** The byte that follows at once, or undefined when none does. */
async function nextByte(transport: Transport): Promise<number | undefined> {
  try {
    const { reads } = await transport.exchange([delay(2), read(1, 50)]);
    return reads[0]![0];
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    if (error.failure === "timeout") return undefined;
    throw dialogueFailure(new DialogueBuilder(GET_CHECKSUM.name, false).build(), "reply", error);
  }
}
