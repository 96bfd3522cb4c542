/** Get Checksum (0xA1): AN4221 rev 14 on I2C, AN3155 rev 20 on UART. */
import { BootlaceError, hex } from "../errors.js";
import { delay, read, StepError, type Transport } from "../transport/transport.js";
import { ChecksumWait } from "./checksum-wait.js";
import { ACK, checksumTimeoutMs, CRC_INITIAL, GET_CHECKSUM } from "./commands.js";
import { compileChecksum, compileWordChecksum } from "./compile.js";
import { DialogueBuilder } from "./dialogue.js";
import { dialogueFailure } from "./failure.js";
import { runDialogue } from "./link.js";

/** CRC, four bytes most significant first, and their XOR. */
const REPLY_BYTES = 5;

export interface ChecksumOptions {
  /** Sent on UART only: I2C has no such field, and some CRC units ignore it. */
  readonly initial?: number;
  /** What the chip showed before. */
  readonly wait?: ChecksumWait;
}

/**
 * CRC of `length` bytes of flash from `address`, both multiples of 4.
 * @throws BootlaceError REFUSED when the range is not flash; DESYNCHRONISED when the reply's own checksum is wrong
 */
export async function getChecksum(
  transport: Transport,
  address: number,
  length: number,
  { initial = CRC_INITIAL, wait = new ChecksumWait() }: ChecksumOptions = {},
): Promise<number> {
  if (transport.traits.checksumForm === "bytes") return getByteChecksum(transport, address, length, wait);
  await runDialogue(transport, compileWordChecksum(address, length, initial));
  return crcOf(await readWordReply(transport, length), address);
}

async function getByteChecksum(
  transport: Transport,
  address: number,
  length: number,
  wait: ChecksumWait,
): Promise<number> {
  const options = wait.options(length);
  const { reads, busy } = await runDialogue(transport, compileChecksum(address, length, options));
  wait.learn(length, options, busy);
  return crcOf(reads[0]!, address);
}

/** After the initial value one or two ACKs come, the second when the CRC is ready: AN3155 draws both. A CRC may begin with 0x79 too. */
async function readWordReply(transport: Transport, length: number): Promise<Uint8Array> {
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

function crcOf(reply: Uint8Array, address: number): number {
  const sum = reply.reduce((xor, byte) => xor ^ byte, 0);
  if (sum !== 0) {
    const text = `${GET_CHECKSUM.name} at ${hex(address)}: the checksum of the reply is wrong`;
    throw new BootlaceError("DESYNCHRONISED", text, { command: GET_CHECKSUM.name, phase: "reply", address });
  }
  return new DataView(reply.buffer, reply.byteOffset).getUint32(0);
}
