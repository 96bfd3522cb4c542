/**
 * Special and Extended Special: AN4221 rev 14, AN3155 rev 20; order and limits as Open Bootloader 6.1.3.
 * Sub-commands are those that AN2606 rev 70 publishes; the chip acknowledges them and keeps a log, TrustZone itself is not modelled.
 */
import { ack, nack, reply, takeFrame, xorFits } from "../dialogue.js";
import type { Dialogue, Measure } from "../dialogue.js";
import type { Rom } from "../rom.js";

const FIRST_LIMIT = 128;
const SECOND_LIMIT = 1024;
/** H5 and C5: system reset. */
const SYSTEM_RESET = 0x0002;

export function* special(rom: Rom): Dialogue {
  const subCommand = yield* takeSubCommand(rom);
  if (subCommand === undefined) return;
  const data = yield* takePacket(rom, FIRST_LIMIT);
  if (!data) return yield* nack();
  yield* ack();
  yield* reply("special data", packet(rom.mcu.specialReplies[subCommand]?.data ?? new Uint8Array(0)));
  yield* finish(rom, subCommand);
}

export function* extendedSpecial(rom: Rom): Dialogue {
  const subCommand = yield* takeSubCommand(rom);
  if (subCommand === undefined) return;
  const first = yield* takePacket(rom, FIRST_LIMIT);
  if (!first) return yield* nack();
  yield* ack();
  const second = yield* takePacket(rom, SECOND_LIMIT);
  if (!second) return yield* nack();
  yield* ack();
  yield* finish(rom, subCommand);
}

/** Size and data, without a checksum. */
const packet = (data: Uint8Array): Uint8Array => Uint8Array.of(data.length >> 8, data.length & 0xff, ...data);

/** Status packet: one byte, 00 for done. */
function* finish(rom: Rom, subCommand: number): Dialogue {
  const { mcu } = rom;
  yield* reply(
    "special status",
    packet(
      mcu.specialReplies[subCommand]?.status ??
        new Uint8Array(mcu.quirks.emptySpecial === "no bytes" ? 0 : 1),
    ),
  );
  yield* ack();
  if (subCommand === SYSTEM_RESET) mcu.at(rom.nowMs, () => mcu.reset("software"), true);
}

/** Two bytes and their XOR; what the chip does not list is refused. */
function* takeSubCommand(rom: Rom): Dialogue<number | undefined> {
  yield* ack();
  const bytes = yield* takeFrame("sub-command", () => 3);
  const code = (bytes[0]! << 8) | bytes[1]!;
  if (xorFits(bytes) && rom.mcu.facts.specials.includes(code)) {
    yield* ack();
    return code;
  }
  yield* nack();
  return undefined;
}

/** Size, data, XOR over both. */
function* takePacket(rom: Rom, limit: number): Dialogue<Uint8Array | undefined> {
  const desync = rom.mcu.quirks.specialOversize === "desync";
  const measure: Measure = (bytes, have) => {
    if (have < 2) return 2;
    const size = (bytes[0]! << 8) | bytes[1]!;
    return size > limit && desync ? 2 : size + 3;
  };
  const frame = yield* takeFrame("packet", measure);
  const size = (frame[0]! << 8) | frame[1]!;
  return size <= limit && xorFits(frame) ? frame.subarray(2, -1) : undefined;
}
