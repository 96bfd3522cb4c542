/** AN4221 rev 14: messages, whose length the reader must know; counts are frames of their own with their own checksum. */
import { BASE_LIST, GET_CHECKSUM, GET_ID, NO_STRETCH_LIST } from "../commands.js";
import { compileChecksum } from "../compile.js";
import { begin } from "../dialogue.js";
import { countFrame, halfWordFrame, pageListFrame, PLAIN, sectorListFrame } from "../frames.js";
import { runDialogue } from "../link.js";
import type { Dialect } from "./dialect.js";
import { getByMessage } from "./i2c-get.js";
import { getVersion, meetMessagesAgain, openMessages } from "./i2c-open.js";
import { resynchroniseMessages } from "./i2c-resync.js";

/** AN4221 rev 14, tables 2 and 3; 2.0 varies. */
const USUAL_LISTS: Readonly<Record<number, readonly number[]>> = {
  0x10: BASE_LIST,
  0x11: [...BASE_LIST, ...NO_STRETCH_LIST],
  0x12: [...BASE_LIST, ...NO_STRETCH_LIST, GET_CHECKSUM.opcode],
};

/** One with a two-byte ID, and that is every one on I2C. */
const ID_REPLY_BYTES = 3;

export const I2C: Dialect = {
  ...PLAIN,
  programWaitMs: 0,
  open: openMessages,
  meetAgain: meetMessagesAgain,
  getVersion,
  get: (transport, { version, commands }) => getByMessage(transport, commands ?? USUAL_LISTS[version ?? 0]),
  getId: async (transport) => {
    const dialogue = begin(PLAIN, GET_ID).read(ID_REPLY_BYTES).ack("completion").build();
    const { reads } = await runDialogue(transport, dialogue);
    return reads[0]!;
  },
  usualCommands: (version) => USUAL_LISTS[version],
  resynchronise: resynchroniseMessages,
  settle: () => Promise.resolve(),
  sendPages: (dialogue, pages, final) =>
    dialogue.send("count", halfWordFrame(pages.length - 1)).send("list", pageListFrame(pages), final),
  sendSectors: (dialogue, sectors, final) =>
    dialogue.send("count", countFrame(sectors.length)).send("list", sectorListFrame(sectors), final),
  checksum: async (transport, question) => {
    const { length, wait } = question;
    const options = wait.options(length);
    const { reads, busy } = await runDialogue(transport, compileChecksum(PLAIN, question, options));
    wait.learn(length, options, busy);
    return reads[0]!;
  },
};
