/** Go: AN4221 rev 14, AN3155 rev 20. One ACK after the address, then the jump. */
import { ack } from "../dialogue.js";
import type { Dialogue } from "../dialogue.js";
import type { Rom } from "../rom.js";
import { areaOf, takeAddress } from "./address.js";

export function* go(rom: Rom): Dialogue {
  const { mcu, bus } = rom;
  if (!(bus !== "i2c" && mcu.quirks.goFirstAckMissing)) yield* ack();
  const address = yield* takeAddress(rom, (at) => isTarget(rom, at));
  if (address === undefined || mcu.quirks.goBroken) return;
  mcu.jump(address, rom.nowMs);
}

/** Flash, or RAM that the bootloader does not use; some ROMs look at the initial stack pointer too. */
const isTarget = (rom: Rom, address: number): boolean => {
  const { mcu } = rom;
  const area = areaOf(rom, address);
  if (area !== "flash" && area !== "ram") return false;
  const reserve = mcu.quirks.goStackReserve;
  if (reserve === undefined) return true;
  const stack = new DataView(mcu.memory.read(address, 4).buffer).getUint32(0, true);
  return stack <= mcu.facts.ram.areas[0]!.end - reserve;
};
