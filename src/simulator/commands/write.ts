/** Write Memory and its no-stretch twin: AN4221 rev 14 and AN3155 rev 20, Write Memory. */
import { nack, ack, status, takeFrame, xorFits } from "../dialogue.js";
import type { Dialogue, Measure } from "../dialogue.js";
import { hex } from "../../errors.js";
import type { Operation } from "../timeline.js";
import { ACK, NACK } from "../opcodes.js";
import { interruptOptions, levelOf, programOptions } from "../option-bytes.js";
import type { Rom } from "../rom.js";
import { areaOf, takeAddress } from "./address.js";

/** Selects the programming width by supply range on F2, F4 and F7: one byte 00..04, then FF FF FF. */
const VOLTAGE_REGISTER = 0xffff_0000;

/** N, N + 1 data bytes, XOR. */
const dataFrame: Measure = (bytes, have) => (have === 0 ? 1 : bytes[0]! + 3);

export function* writeMemory(rom: Rom, noStretch: boolean): Dialogue {
  yield* ack();
  const address = yield* takeAddress(rom, (at) => isWritable(rom, at));
  if (address === undefined) return;
  const frame = yield* takeFrame("data", dataFrame);
  if (!xorFits(frame)) return yield* nack();
  const data = frame.slice(1, -1);
  if (address === VOLTAGE_REGISTER) return yield* isVoltage(data) ? ack() : nack();
  yield* store(rom, { address, data, noStretch });
}

const isVoltage = (data: Uint8Array): boolean =>
  data.length === 4 && data[0]! <= 4 && data.subarray(1).every((byte) => byte === 0xff);

/** Option bytes are written as a whole: only their first address is accepted. */
const isWritable = (rom: Rom, address: number): boolean => {
  const { facts } = rom.mcu;
  if (address === VOLTAGE_REGISTER) return facts.voltageRegister;
  const area = areaOf(rom, address);
  if (area === "option") return facts.optionBytes.some(({ start }) => start === address);
  return area !== undefined && area !== "system";
};

interface Store {
  readonly address: number;
  readonly data: Uint8Array;
  readonly noStretch: boolean;
}

function* store(rom: Rom, what: Store): Dialogue {
  switch (areaOf(rom, what.address)) {
    case "flash":
      return yield* storeFlash(rom, what);
    case "option":
      return yield* storeOptions(rom, what);
    case "eeprom":
      return yield* storeEeprom(rom, what);
    case "ram":
    case "otp":
      return yield* storePlain(rom, what);
  }
}

/** Data EEPROM of L0 and L1, a word of 4 bytes: their datasheets, "Flash memory and data EEPROM characteristics", tprog. */
const EEPROM_WORD_MS = 3.3;

/** The chip erases each word by itself. Half a word, and what runs past the end, is acknowledged and not stored. */
function* storeEeprom(rom: Rom, { address, data, noStretch }: Store): Dialogue {
  const { mcu } = rom;
  const { end } = mcu.facts.dataEeprom!;
  const what = `Write of ${data.length} bytes at ${hex(address)}`;
  if (address % 4 !== 0 || data.length % 4 !== 0) {
    mcu.violate("alignment", `${what}: the data EEPROM takes whole words of 4 bytes`);
    return yield* ack();
  }
  if (address + data.length > end) mcu.violate("range", `${what} runs past the end of the data EEPROM`);
  const finish = (): void => mcu.memory.writePlain("eeprom", address, data);
  const readyMs = mcu.operate({ durationMs: (EEPROM_WORD_MS * data.length) / 4, finish }, rom.nowMs);
  yield* status(ACK, readyMs, noStretch);
}

function* storePlain(rom: Rom, { address, data }: Store): Dialogue {
  const area = areaOf(rom, address) as "ram" | "otp";
  rom.mcu.memory.writePlain(area, address, data);
  yield* ack();
}

/** The ROM acknowledges whatever the flash controller says; protected pages are skipped without a word. */
function* storeFlash(rom: Rom, { address, data, noStretch }: Store): Dialogue {
  const { mcu } = rom;
  if (!isAligned(rom, address, data.length)) return yield* ack();
  if (mcu.operationsEndMs > rom.nowMs) {
    mcu.violate("flash", `Write at ${hex(address)} while the flash controller is busy: lost`);
    return yield* ack();
  }
  const refused = mcu.quirks.programErrorAnswer === "nack" && !canProgram(rom, address, data);
  const readyMs = mcu.operate(programming(rom, address, data), rom.nowMs);
  yield* status(refused ? NACK : ACK, readyMs, noStretch);
}

/**
 * A misaligned write is acknowledged and stores nothing: a G0B1 did so at addresses that were a multiple of 4 and not of 8
 * (seen by host authors); AN2606 rev 70 warns that later writes fail too.
 */
const isAligned = (rom: Rom, address: number, length: number): boolean => {
  const { mcu } = rom;
  const { granule, lengthAlign } = mcu.facts.flash;
  if (rom.writesFail) return false;
  if (address % granule === 0 && length % lengthAlign === 0) return true;
  const what = `Write of ${length} bytes at ${hex(address)}`;
  mcu.violate(
    "alignment",
    `${what}: the address must be a multiple of ${granule}, the length of ${lengthAlign}`,
  );
  rom.writesFail = mcu.quirks.misalignedPoisons;
  return false;
};

const canProgram = ({ mcu }: Rom, address: number, data: Uint8Array): boolean => {
  const { flash } = mcu.memory;
  const now = flash.read(address, data.length);
  return now.every((byte, at) => byte === flash.facts.erasedValue || byte === data[at]);
};

const programming = (rom: Rom, address: number, data: Uint8Array): Operation => {
  const { mcu } = rom;
  const { flash } = mcu.memory;
  const whole = padded(data, flash.facts.granule, flash.facts.erasedValue);
  const program = (bytes: Uint8Array): void => {
    const allowed = withoutProtected(rom, address, bytes);
    const { notErased, storedBytes } = flash.program(address, allowed);
    mcu.counts.programmedBytes += Math.min(storedBytes, data.length);
    if (notErased !== undefined) {
      mcu.violate("flash", `Write at ${hex(notErased)}: not erased before, old and new contents are mixed`);
    }
  };
  const prefix = (fraction: number): number =>
    Math.floor((fraction * whole.length) / flash.facts.granule) * flash.facts.granule;
  return {
    durationMs: (mcu.timings.programMs * data.length) / 256,
    finish: () => program(whole),
    interrupt: (fraction) => {
      program(whole.subarray(0, prefix(fraction)));
      flash.damaged.add(address + prefix(fraction));
    },
  };
};

/** The ROM fills the last granule. */
const padded = (data: Uint8Array, granule: number, erased: number): Uint8Array => {
  const length = Math.ceil(data.length / granule) * granule;
  if (length === data.length) return data;
  const whole = new Uint8Array(length).fill(erased);
  whole.set(data);
  return whole;
};

/** What lies in write-protected pages keeps its contents: it is replaced by what is there. */
const withoutProtected = ({ mcu }: Rom, address: number, bytes: Uint8Array): Uint8Array => {
  if (!mcu.hasWriteProtection) return bytes;
  const { flash } = mcu.memory;
  let out = bytes;
  for (let at = 0; at < bytes.length; at += flash.facts.granule) {
    const page = flash.pageAt(address + at);
    if (!page || !mcu.isWriteProtected(page)) continue;
    if (out === bytes) out = bytes.slice();
    out.set(flash.read(address + at, Math.min(flash.facts.granule, bytes.length - at)), at);
  }
  return out;
};

/** The old set is erased, the new one programmed and loaded, and the chip resets. */
function* storeOptions(rom: Rom, { data, noStretch }: Store): Dialogue {
  const { mcu } = rom;
  const { memory, facts, quirks } = mcu;
  const finish = (): void => {
    programOptions(memory.optionBytes, facts.optionLayout, data);
    memory.writeProtected = [];
    const regression = mcu.level === 1 && levelOf(memory.optionBytes, facts.optionLayout) === 0;
    if (regression) for (const page of memory.flash.facts.pages) memory.flash.erase(page);
    memory.saveSide();
  };
  const interrupt = (fraction: number): void => {
    if (fraction === 0) return;
    interruptOptions(memory.optionBytes, facts.optionLayout);
    memory.saveSide();
  };
  const operation = { durationMs: mcu.timings.optionBytesMs, finish, interrupt };
  const readyMs = mcu.operate(operation, rom.nowMs);
  yield* status(ACK, readyMs, noStretch);
  const reloads = !(rom.bus === "uart" && quirks.uartOptionReloadMissing);
  mcu.at(rom.nowMs, () => mcu.reset(reloads ? "options" : "software"), true);
}
