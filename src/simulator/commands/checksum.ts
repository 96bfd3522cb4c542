/**
 * Get Checksum (AN4221 rev 14, AN3155 rev 20, AN4286 rev 15).
 * I2C: address, size in bytes. UART and SPI: address, number of 32-bit words, polynomial, initial value, and a second ACK before the CRC.
 */
import { ack, nack, reply, status, takeWord } from "../dialogue.js";
import type { Dialogue } from "../dialogue.js";
import { crcOfWords, DEFAULT_INITIAL, DEFAULT_POLYNOMIAL } from "../crc.js";
import { ACK } from "../opcodes.js";
import type { Rom } from "../rom.js";
import { areaOf, takeAddress } from "./address.js";

export function* checksum(rom: Rom): Dialogue {
  yield* ack();
  const address = yield* takeAddress(rom, (at) => areaOf(rom, at) === "flash");
  if (address === undefined) return;
  const count = yield* takeWord();
  const unit = rom.bus === "i2c" ? 1 : 4;
  const size = count === undefined ? 0 : count * unit;
  if (size === 0 || size % 4 !== 0 || address + size > rom.mcu.memory.flash.end) return yield* nack();
  yield* ack();
  if (rom.bus === "i2c") return yield* answer(rom, address, size, {});
  const polynomial = yield* takeWord();
  if (polynomial === undefined) return yield* nack();
  yield* ack();
  const initial = yield* takeWord();
  if (initial === undefined) return yield* nack();
  if (rom.bus === "spi" || rom.mcu.quirks.uartChecksumAcks === 2) yield* ack();
  yield* answer(rom, address, size, rom.mcu.quirks.checksumParametersIgnored ? {} : { polynomial, initial });
}

interface Parameters {
  readonly polynomial?: number;
  readonly initial?: number;
}

function* answer(rom: Rom, address: number, size: number, parameters: Parameters): Dialogue {
  const { mcu } = rom;
  const readyMs = rom.nowMs + (mcu.timings.checksumMsPerKiB * size) / 1024;
  yield* status(ACK, readyMs, true);
  const { polynomial = DEFAULT_POLYNOMIAL, initial = DEFAULT_INITIAL } = parameters;
  const crc = crcOfWords(mcu.memory.flash.read(address, size), polynomial, initial);
  const bytes = [crc >>> 24, (crc >>> 16) & 0xff, (crc >>> 8) & 0xff, crc & 0xff];
  yield* reply(
    "CRC",
    Uint8Array.of(
      ...bytes,
      bytes.reduce((sum, byte) => sum ^ byte, 0),
    ),
  );
}
