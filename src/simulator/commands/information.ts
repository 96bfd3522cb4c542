/** Get, Get Version and Get ID: AN4221 rev 14, AN3155 rev 20. */
import { ack, reply } from "../dialogue.js";
import type { Dialogue } from "../dialogue.js";
import type { Rom } from "../rom.js";

const versionOf = ({ mcu, bus, version }: Rom): number =>
  (bus === "uart" ? mcu.quirks.uartVersionByte : undefined) ?? version;

/** N is the number of opcodes: bytes that follow it, minus one, without the closing ACK. */
export function* get(rom: Rom): Dialogue {
  yield* ack();
  const count = rom.opcodes.length + rom.mcu.quirks.getCountExtra;
  yield* reply("Get", Uint8Array.of(count, versionOf(rom), ...rom.opcodes));
  yield* ack();
}

/** One byte on I2C and SPI; on UART two zero bytes follow, which once were option bytes. */
export function* getVersion(rom: Rom): Dialogue {
  yield* ack();
  yield* reply(
    "version",
    rom.bus === "uart" ? Uint8Array.of(versionOf(rom), 0, 0) : Uint8Array.of(versionOf(rom)),
  );
  yield* ack();
}

/** UART protocol 2.0 sends one byte of the ID only (AN3155 rev 20, protocol versions). */
export function* getId(rom: Rom): Dialogue {
  const { productId } = rom.mcu.facts;
  const low = productId & 0xff;
  yield* ack();
  yield* reply("product ID", idBytes(rom, productId >> 8, low));
  yield* ack();
}

const WB09 = 0x06;

/**
 * WB0 and WL3 send metal fix and mask set before a product ID of one byte (AN5471, Get ID); WB09 sends one byte more behind it, 0x1F as
 * hosts that drive it tell.
 */
const idBytes = ({ bus, version }: Rom, high: number, low: number): Uint8Array => {
  if (high === 0 && low === WB09) return Uint8Array.of(3, 0x01, 0x01, low, 0x1f);
  if (high === 0) return Uint8Array.of(2, 0x01, 0x01, low);
  return bus === "uart" && version === 0x20 ? Uint8Array.of(0, low) : Uint8Array.of(1, high, low);
};
