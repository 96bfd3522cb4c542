/** Read Memory: AN4221 rev 14, AN3155 rev 20. No closing ACK. */
import { ack, nack, reply, takeCount } from "../dialogue.js";
import type { Dialogue } from "../dialogue.js";
import { hex } from "../../errors.js";
import type { Rom } from "../rom.js";
import { areaOf, takeAddress } from "./address.js";

export function* readMemory(rom: Rom): Dialogue {
  const { mcu } = rom;
  yield* ack();
  const address = yield* takeAddress(rom, (at) => areaOf(rom, at) !== undefined);
  if (address === undefined) return;
  const count = yield* takeCount();
  if (count === undefined) return yield* nack();
  const length = count + 1;
  if (areaOf(rom, address + length - 1) === undefined) {
    mcu.violate("range", `Read of ${length} bytes at ${hex(address)} runs past the end of the memory`);
  }
  if (mcu.quirks.damagedReadResets && isDamaged(rom, address, length)) {
    mcu.at(rom.nowMs, () => mcu.reset("fault"), true);
  }
  yield* ack();
  yield* reply("memory", mcu.memory.read(address, length));
}

const isDamaged = ({ mcu }: Rom, address: number, length: number): boolean => {
  const { damaged, facts } = mcu.memory.flash;
  for (const granule of damaged) {
    if (granule < address + length && granule + facts.granule > address) return true;
  }
  return false;
};
