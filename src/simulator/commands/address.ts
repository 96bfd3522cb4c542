/** The address stage that Read, Write, Go and Get Checksum share. */
import { ack, nack, takeWord } from "../dialogue.js";
import type { Dialogue } from "../dialogue.js";
import type { AreaKind } from "../memory.js";
import type { Rom } from "../rom.js";

/** Before UART protocol 2.2 the bootloader does not guard its own RAM (AN3155 rev 20, protocol versions). */
export const guardsItsRam = ({ bus, version }: Rom): boolean => bus !== "uart" || version >= 0x22;

export const areaOf = (rom: Rom, address: number): AreaKind | undefined =>
  rom.mcu.memory.areaOf(address, !guardsItsRam(rom));

/**
 * @param accepts whether the command works at this address
 * @returns the address; undefined when it was refused and the command is over
 */
export function* takeAddress(rom: Rom, accepts: (address: number) => boolean): Dialogue<number | undefined> {
  const address = yield* takeWord("address");
  if (address !== undefined && accepts(address)) {
    yield* ack();
    return address;
  }
  // Old ROMs say nothing to an unsupported address, and take what follows as a command.
  const silent = address !== undefined && rom.bus === "uart" && rom.mcu.quirks.silentAddress;
  if (!silent) yield* nack();
  return undefined;
}
