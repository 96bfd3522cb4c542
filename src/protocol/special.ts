/** Special (0x50) and Extended Special (0x51): AN4221 rev 14, AN3155 rev 20; the sub-commands of each product are in AN2606 rev 70. */
import { BootlaceError } from "../errors.js";
import type { Transport } from "../transport/transport.js";
import { EXTENDED_SPECIAL, SPECIAL } from "./commands.js";
import { compileSpecial } from "./compile.js";
import { DialogueBuilder, type Dialogue } from "./dialogue.js";
import { runDialogue } from "./link.js";

export interface SpecialReply {
  readonly data: Uint8Array;
  readonly status: Uint8Array;
}

const MOST_BYTES = 128;
const MOST_BYTES_SECOND = 1024;
/** Every published sub-command answers one status byte. */
const STATUS_BYTES = 1;

/** @param replyBytes data bytes of the answer: on I2C its length must be known beforehand, the sub-command tells it */
export async function special(
  transport: Transport,
  subCommand: number,
  data: Uint8Array,
  replyBytes: number,
): Promise<SpecialReply> {
  checkLength(data, MOST_BYTES, SPECIAL.name);
  await runDialogue(
    transport,
    compileSpecial({ command: SPECIAL, opcode: SPECIAL.opcode }, subCommand, [data]),
  );
  const answer = await readPacket(transport, replyBytes, SPECIAL.name);
  const status = await readPacket(transport, STATUS_BYTES, SPECIAL.name);
  await runDialogue(transport, new DialogueBuilder(SPECIAL.name, false).ack("completion").build());
  return { data: answer, status };
}

/** @returns the status bytes */
export async function extendedSpecial(
  transport: Transport,
  subCommand: number,
  first: Uint8Array,
  second: Uint8Array,
): Promise<Uint8Array> {
  checkLength(first, MOST_BYTES, EXTENDED_SPECIAL.name);
  checkLength(second, MOST_BYTES_SECOND, EXTENDED_SPECIAL.name);
  const chosen = { command: EXTENDED_SPECIAL, opcode: EXTENDED_SPECIAL.opcode };
  await runDialogue(transport, compileSpecial(chosen, subCommand, [first, second]));
  const status = await readPacket(transport, STATUS_BYTES, EXTENDED_SPECIAL.name);
  await runDialogue(transport, new DialogueBuilder(EXTENDED_SPECIAL.name, false).ack("completion").build());
  return status;
}

/** Two bytes of size, then the data; no checksum. */
async function readPacket(transport: Transport, expected: number, name: string): Promise<Uint8Array> {
  if (transport.traits.framing === "message") {
    const [packet] = await runDialogue(transport, reply(name, expected + 2));
    const size = (packet![0]! << 8) | packet![1]!;
    if (size !== expected)
      throw new BootlaceError(
        "DESYNCHRONISED",
        `${name}: the answer has ${size} bytes where ${expected} were expected`,
      );
    return packet!.subarray(2);
  }
  const [size] = await runDialogue(transport, reply(name, 2));
  const length = (size![0]! << 8) | size![1]!;
  if (length === 0) return new Uint8Array(0);
  const [data] = await runDialogue(transport, reply(name, length));
  return data!;
}

const reply = (name: string, length: number): Dialogue =>
  new DialogueBuilder(name, false).read(length).build();

/** More than this is refused in the middle of the frame, and the rest of it runs as commands (seen in ST's Open Bootloader). */
function checkLength(data: Uint8Array, most: number, name: string): void {
  if (data.length > most)
    throw new BootlaceError("NOT_OFFERED", `${name}: at most ${most} bytes of data fit, got ${data.length}`);
}
