/** AN4286 rev 15: frames as on I2C, behind a start of frame; every status is polled for and acknowledged, which the transport does. */
import { BootlaceError, hex } from "../../errors.js";
import type { Transport } from "../../transport/transport.js";
import {
  BASE_LIST,
  checksumTimeoutMs,
  eraseTimeoutMs,
  GET,
  GET_CHECKSUM,
  GET_ID,
  GET_VERSION,
} from "../commands.js";
import { compileWordChecksum } from "../compile.js";
import { begin, DialogueBuilder } from "../dialogue.js";
import { countFrame, FRAMED, halfWordFrame, pageListFrame, sectorListFrame } from "../frames.js";
import { runDialogue } from "../link.js";
import type { ChecksumQuestion, Dialect, GetReply } from "./dialect.js";
import { meetSpiAgain, openSpi, resynchroniseSpi } from "./spi-open.js";

/** AN4286 rev 15, protocol versions; 2.0 varies. */
const USUAL_LISTS: Readonly<Record<number, readonly number[]>> = {
  0x10: BASE_LIST,
  0x11: BASE_LIST,
  0x12: BASE_LIST,
  0x13: [...BASE_LIST, GET_CHECKSUM.opcode],
};

/** How many bytes follow minus one: two, on every chip with SPI. */
const ID_COUNT = 1;
const ID_REPLY_BYTES = 3;

export const SPI: Dialect = {
  ...FRAMED,
  /** 3 to 4 ms on L43x to L49x, where words stay blank that are asked about too early (AN2606 rev 70). */
  programWaitMs: 4,
  open,
  meetAgain: meetSpiAgain,
  getVersion: async (transport) => {
    const dialogue = begin(FRAMED, GET_VERSION).read(1).ack("completion").build();
    return (await runDialogue(transport, dialogue)).reads[0]![0]!;
  },
  get,
  getId,
  usualCommands: (version) => USUAL_LISTS[version],
  resynchronise: resynchroniseSpi,
  settle,
  sendPages: (dialogue, pages, final) =>
    dialogue.send("count", halfWordFrame(pages.length - 1)).send("list", pageListFrame(pages), final),
  sendSectors: (dialogue, sectors, final) =>
    dialogue.send("count", countFrame(sectors.length)).send("list", sectorListFrame(sectors), final),
  checksum,
};

/** Some chips have no dummy byte in front of their replies: the transport is convinced by as many Get ID as two lost bytes cannot fake. */
async function open(transport: Transport): Promise<undefined> {
  await openSpi(transport);
  for (let asked = 0; asked < 3; asked++) await tell(transport);
}

/** One that fails tells nothing; who the chip is, is asked later. */
async function tell(transport: Transport): Promise<void> {
  try {
    await getId(transport);
  } catch (error) {
    if (!(error instanceof BootlaceError)) throw error;
    await resynchroniseSpi(transport, {});
  }
}

/** The count, then as many bytes and one more as it says, without another dummy byte. */
async function get(transport: Transport): Promise<GetReply> {
  const first = await runDialogue(transport, begin(FRAMED, GET).read(1).build());
  const count = first.reads[0]![0]!;
  const rest = new DialogueBuilder(GET.name, false).read(count + 1, undefined, { continues: true });
  const { reads } = await runDialogue(transport, rest.ack("completion").build());
  const [version, ...commands] = reads[0]!;
  return { version: version!, commands };
}

/** Its first byte is the same on every chip, so that it tells whether replies have a dummy byte in front. */
async function getId(transport: Transport): Promise<Uint8Array> {
  const dialogue = begin(FRAMED, GET_ID)
    .read(ID_REPLY_BYTES, undefined, { begins: ID_COUNT })
    .ack("completion");
  const { reads } = await runDialogue(transport, dialogue.build());
  const reply = reads[0]!;
  if (reply[0] === ID_COUNT) return reply;
  const text = `${GET_ID.name}: the reply begins with ${hex(reply[0]!, 2)} instead of ${hex(ID_COUNT, 2)}`;
  throw new BootlaceError("DESYNCHRONISED", text, { command: GET_ID.name, stage: "reply" });
}

/**
 * While the flash holds up its code an old ROM repeats what it sent last, which may be the ACK before: the erase then seems over too early
 * (AN4286 rev 15). Get ID tells, because its answer comes out wrong as long as the chip is at it, and does no harm.
 */
async function settle(transport: Transport): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await getId(transport);
      return;
    } catch (error) {
      const ours = !(error instanceof BootlaceError) || error.side === "host" || error.side === "caller";
      if (ours || attempt === 3) throw error; // a NACK is of something else: no chip refuses Get ID
      await resynchroniseSpi(transport, { timeoutMs: eraseTimeoutMs(8) });
    }
  }
}

/** CRC, four bytes most significant first, and their XOR. */
const REPLY_BYTES = 5;

/** Six statuses: the one behind the initial value, and "finished". */
async function checksum(transport: Transport, question: ChecksumQuestion): Promise<Uint8Array> {
  await runDialogue(transport, compileWordChecksum(FRAMED, question));
  const timeoutMs = checksumTimeoutMs(question.length);
  const result = new DialogueBuilder(GET_CHECKSUM.name, false, question.address)
    .ack("completion", { timeoutMs })
    .read(REPLY_BYTES);
  return (await runDialogue(transport, result.build())).reads[0]!;
}
