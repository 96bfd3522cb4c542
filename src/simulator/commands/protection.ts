/** Write and readout protection: AN4221 rev 14, AN3155 rev 20. All end in a reset. */
import { ack, nack, status, takeCount, takeFrame, xorFits } from "../dialogue.js";
import type { Dialogue, Measure } from "../dialogue.js";
import type { Operation } from "../timeline.js";
import { ACK } from "../opcodes.js";
import { protectSectors, setLevel } from "../option-bytes.js";
import type { Rom } from "../rom.js";
import { erasing } from "./erase.js";

const uartList: Measure = (bytes, have) => (have === 0 ? 1 : bytes[0]! + 3);

/** Numbers and their count are not checked; a second command replaces the first set. */
export function* writeProtect(rom: Rom, noStretch: boolean): Dialogue {
  yield* ack();
  const codes = rom.bus === "uart" ? yield* codesOfOneFrame() : yield* codesOfTwoFrames();
  if (!codes) return yield* nack();
  yield* changeOptions(rom, noStretch, () =>
    protectSectors(rom.mcu.memory, rom.mcu.facts.optionLayout, codes),
  );
}

/** The list's checksum is the XOR of the codes, also when there is only one (Open Bootloader; no document says otherwise). */
function* codesOfTwoFrames(): Dialogue<readonly number[] | undefined> {
  const count = yield* takeCount();
  if (count === undefined) return undefined;
  yield* ack();
  const list = yield* takeFrame("sector list", () => count + 2);
  return xorFits(list) ? [...list.subarray(0, -1)] : undefined;
}

function* codesOfOneFrame(): Dialogue<readonly number[] | undefined> {
  const list = yield* takeFrame("sector list", uartList);
  return xorFits(list) ? [...list.subarray(1, -1)] : undefined;
}

export function* writeUnprotect(rom: Rom, noStretch: boolean): Dialogue {
  const disguised = rom.mcu.quirks.writeUnprotectErasesChip && rom.bus === "i2c" && !noStretch;
  if (disguised) return yield* readoutUnprotect(rom, false);
  yield* ack();
  yield* changeOptions(rom, noStretch, () => protectSectors(rom.mcu.memory, rom.mcu.facts.optionLayout, []));
}

export function* readoutProtect(rom: Rom, noStretch: boolean): Dialogue {
  yield* ack();
  const { memory, facts } = rom.mcu;
  yield* changeOptions(rom, noStretch, () => setLevel(memory.optionBytes, facts.optionLayout, 1));
}

/** Programs the option bytes, answers, resets. */
function* changeOptions(rom: Rom, noStretch: boolean, change: () => void): Dialogue {
  const { mcu } = rom;
  const finish = (): void => {
    change();
    mcu.memory.saveSide();
  };
  const readyMs = mcu.operate({ durationMs: mcu.timings.optionBytesMs, finish }, rom.nowMs);
  yield* status(ACK, readyMs, noStretch);
  mcu.at(rom.nowMs, () => mcu.reset("options"), true);
}

/** The flash is erased and the RAM cleared; the new level counts from the reset on. */
export function* readoutUnprotect(rom: Rom, noStretch: boolean): Dialogue {
  const { mcu } = rom;
  yield* ack();
  if (mcu.quirks.readoutUnprotectAcks === "before") {
    yield* ack();
    rom.busyUntilMs = mcu.operate(regression(rom), rom.nowMs);
    finishRegression(rom, rom.busyUntilMs);
    return;
  }
  const readyMs = mcu.operate(regression(rom), rom.nowMs);
  yield* status(ACK, readyMs, noStretch);
  finishRegression(rom, rom.nowMs);
}

const finishRegression = ({ mcu }: Rom, atMs: number): void => {
  const reloads = !mcu.quirks.readoutUnprotectNeedsPowerCycle;
  mcu.at(atMs, () => mcu.reset(reloads ? "options" : "software"), true);
};

const regression = (rom: Rom): Operation => {
  const { mcu } = rom;
  const { memory, facts, timings } = mcu;
  const erase = erasing(rom, facts.flash.pages, timings.massEraseMs + timings.optionBytesMs);
  return {
    ...erase,
    finish: () => {
      erase.finish();
      memory.ram.fill(0);
      setLevel(memory.optionBytes, facts.optionLayout, 0);
      memory.saveSide();
    },
  };
};
