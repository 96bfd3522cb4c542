/**
 * Erase, its no-stretch twin, and the legacy Erase of UART: AN4221 rev 14 and AN3155 rev 20, Erase Memory and Extended Erase.
 * On I2C and SPI the count is a frame of its own with its own checksum; on UART count and list are one frame with one checksum.
 */
import { ack, nack, status, takeFrame, xorFits } from "../dialogue.js";
import type { Dialogue, Measure } from "../dialogue.js";
import type { FlashPage } from "../facts.js";
import type { Operation } from "../timeline.js";
import { ACK } from "../opcodes.js";
import type { Rom } from "../rom.js";

const MASS = 0xffff;
const BANK_1 = 0xfffe;
const BANK_2 = 0xfffd;
const FIRST_SPECIAL = 0xfff0;

const be16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;

/** Count minus one, or a special code; then the list on UART. */
const uartList: Measure = (bytes, have) => {
  if (have < 2) return 2;
  const code = be16(bytes, 0);
  return code >= FIRST_SPECIAL ? 3 : 2 + 2 * (code + 1) + 1;
};

export function* erase(rom: Rom, noStretch: boolean): Dialogue {
  yield* ack();
  const first = yield* takeFrame("erase count", rom.bus === "uart" ? uartList : () => 3);
  if (!xorFits(first)) return yield* nack();
  const code = be16(first, 0);
  if (code >= FIRST_SPECIAL) return yield* eraseSpecial(rom, code, noStretch);
  const count = code + 1;
  if (count > rom.mcu.quirks.maxErasePages) return yield* nack();
  if (rom.bus === "uart") return yield* erasePages(rom, numbersOf(first.subarray(2, -1)), noStretch);
  yield* ack();
  const list = yield* takeFrame("page list", () => 2 * count + 1);
  if (!xorFits(list)) return yield* nack();
  yield* erasePages(rom, numbersOf(list.subarray(0, -1)), noStretch);
}

const numbersOf = (bytes: Uint8Array): number[] =>
  Array.from({ length: bytes.length / 2 }, (_, at) => be16(bytes, 2 * at));

/** FF 00: everything. FF and something else: an ACK and nothing erased (AN3155 rev 20, note on Erase Memory). */
const legacyList: Measure = (bytes, have) => {
  if (have === 0) return 1;
  return bytes[0] === 0xff ? 2 : bytes[0]! + 3;
};

export function* legacyErase(rom: Rom): Dialogue {
  yield* ack();
  const list = yield* takeFrame("page list", legacyList);
  if (list[0] === 0xff) return yield* list[1] === 0 ? eraseSpecial(rom, MASS, false) : ack();
  if (!xorFits(list)) return yield* nack();
  yield* erasePages(rom, [...list.subarray(1, -1)], false);
}

/** Numbers that no page has and write-protected pages are passed over; the answer is ACK all the same. */
function* erasePages(rom: Rom, numbers: readonly number[], noStretch: boolean): Dialogue {
  const { mcu } = rom;
  if (noStretch && mcu.quirks.noStretchEraseHangs) return yield* hang();
  const { quirks } = mcu;
  const pages = pagesToErase(rom, numbers);
  let readyMs = rom.nowMs;
  let firstMs: number | undefined;
  for (const page of pages) {
    readyMs = mcu.operate(erasing(rom, [page], eraseMs(rom, page)), rom.nowMs);
    firstMs ??= readyMs;
  }
  if (quirks.eraseReturnsEarly && firstMs !== undefined) readyMs = firstMs;
  yield* status(ACK, readyMs, noStretch && !quirks.noStretchEraseStretches);
}

const pagesToErase = (rom: Rom, numbers: readonly number[]): FlashPage[] => {
  const { mcu } = rom;
  const all = numbers.map((number) => pageOf(rom, number)).filter((page) => page !== undefined);
  const { pageList } = mcu.quirks;
  if (pageList === "first page only") return all.slice(0, 1);
  if (pageList === "all") return all;
  const firstOfBank2 = all.find((page) => page.bank === 2);
  return all.filter((page) => page.bank === 1 || page === firstOfBank2);
};

const pageOf = ({ mcu }: Rom, number: number): FlashPage | undefined => {
  const { pages } = mcu.facts.flash;
  const { bank2First, pageNumberModulo = Infinity } = mcu.quirks;
  const start = pages.find(({ bank }) => bank === 2)?.index ?? 0;
  const shift = bank2First === undefined ? 0 : bank2First - start;
  const wanted = number % pageNumberModulo;
  return pages.find(({ index, bank }) => (bank === 2 ? index + shift : index) === wanted);
};

const eraseMs = ({ mcu }: Rom, page: FlashPage): number => {
  const { pageEraseMs } = mcu.timings;
  return typeof pageEraseMs === "number" ? pageEraseMs : pageEraseMs(page.size);
};

export const erasing = ({ mcu }: Rom, pages: readonly FlashPage[], durationMs: number): Operation => {
  const { flash } = mcu.memory;
  const free = pages.filter((page) => !mcu.isWriteProtected(page));
  return {
    durationMs,
    finish: () => {
      for (const page of free) flash.erase(page);
      mcu.counts.erasedPages += free.length;
    },
    interrupt: () => {
      for (const page of free) flash.scramble(page, mcu.noise);
    },
  };
};

/** Another frame is waited for where the host wants the status. */
function* hang(): Dialogue {
  yield* takeFrame("nothing", () => 1);
  yield* nack();
}

function* eraseSpecial(rom: Rom, code: number, noStretch: boolean): Dialogue {
  const { mcu } = rom;
  const pages = specialPages(rom, code);
  if (!pages) return yield* nack();
  if (noStretch && mcu.quirks.noStretchEraseHangs) return yield* hang();
  const { quirks, timings } = mcu;
  const readyMs = mcu.operate(erasing(rom, pages, timings.massEraseMs + quirks.massEraseStallMs), rom.nowMs);
  const early = code === BANK_2 && quirks.bankErase === "bank 2 returns early";
  const stalls = quirks.noStretchEraseStretches || quirks.massEraseStallMs > 0;
  yield* status(ACK, early ? rom.nowMs : readyMs, noStretch && !stalls);
}

/** @returns undefined when the chip has no such erase */
const specialPages = (rom: Rom, code: number): readonly FlashPage[] | undefined => {
  const { flash } = rom.mcu.facts;
  const { bankErase, i2cMassErase } = rom.mcu.quirks;
  if (code === MASS) {
    if (!flash.massErase) return undefined;
    const halfOnly = rom.bus === "i2c" && i2cMassErase === "bank 2 only";
    return halfOnly ? flash.pages.filter(({ bank }) => bank === 2) : flash.pages;
  }
  if (code !== BANK_1 && code !== BANK_2) return undefined;
  if (flash.banks === 1 || !flash.massErase || bankErase === "refused") return undefined;
  if (bankErase === "nothing erased") return [];
  return flash.pages.filter(({ bank }) => bank === (code === BANK_1 ? 1 : 2));
};
