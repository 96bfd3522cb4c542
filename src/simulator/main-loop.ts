/** The bootloader's main loop: one command after the other, as AN4221 rev 14 and AN3155 rev 20 draw it. */
import { checksum } from "./commands/checksum.js";
import { erase, legacyErase } from "./commands/erase.js";
import { get, getId, getVersion } from "./commands/information.js";
import { go } from "./commands/go.js";
import { readoutProtect, readoutUnprotect, writeProtect, writeUnprotect } from "./commands/protection.js";
import { readMemory } from "./commands/read.js";
import { extendedSpecial, special } from "./commands/special.js";
import { writeMemory } from "./commands/write.js";
import { nack, takeCommand } from "./dialogue.js";
import type { Dialogue } from "./dialogue.js";
import { ALLOWED_WHEN_PROTECTED, OP } from "./opcodes.js";
import type { Rom } from "./rom.js";

type Command = (rom: Rom) => Dialogue;

const COMMANDS: ReadonlyMap<number, Command> = new Map<number, Command>([
  [OP.get, get],
  [OP.getVersion, getVersion],
  [OP.getId, getId],
  [OP.read, readMemory],
  [OP.go, go],
  [OP.write, (rom) => writeMemory(rom, false)],
  [OP.writeNoStretch, (rom) => writeMemory(rom, true)],
  [OP.legacyErase, legacyErase],
  [OP.erase, (rom) => erase(rom, false)],
  [OP.eraseNoStretch, (rom) => erase(rom, true)],
  [OP.special, special],
  [OP.extendedSpecial, extendedSpecial],
  [OP.writeProtect, (rom) => writeProtect(rom, false)],
  [OP.writeProtectNoStretch, (rom) => writeProtect(rom, true)],
  [OP.writeUnprotect, (rom) => writeUnprotect(rom, false)],
  [OP.writeUnprotectNoStretch, (rom) => writeUnprotect(rom, true)],
  [OP.readoutProtect, (rom) => readoutProtect(rom, false)],
  [OP.readoutProtectNoStretch, (rom) => readoutProtect(rom, true)],
  [OP.readoutUnprotect, (rom) => readoutUnprotect(rom, false)],
  [OP.readoutUnprotectNoStretch, (rom) => readoutUnprotect(rom, true)],
  [OP.checksum, checksum],
]);

/** @param refuseFirst begin with the NACK of a frame that was not understood */
export function* runRom(rom: Rom, refuseFirst = false): Dialogue<never> {
  if (refuseFirst) yield* nack();
  for (;;) {
    const opcode = yield* takeCommand();
    const command = opcode === undefined ? undefined : commandOf(rom, opcode);
    if (command) yield* command(rom);
    else yield* refuse(rom, opcode);
  }
}

const commandOf = (rom: Rom, opcode: number): Command | undefined =>
  rom.opcodes.includes(opcode) && isAllowed(rom, opcode) ? COMMANDS.get(opcode) : undefined;

const isAllowed = ({ mcu }: Rom, opcode: number): boolean => {
  if (opcode === OP.checksum && mcu.quirks.checksumUnhandled) return false;
  if (mcu.unhandledOpcodes.includes(opcode)) return false;
  if (mcu.level === 2) return opcode <= OP.getId;
  if (mcu.level === 0 || ALLOWED_WHEN_PROTECTED.has(opcode)) return true;
  // AN2606 defines Special sub-commands that must be sent at level 1.
  if (opcode === OP.special || opcode === OP.extendedSpecial) return true;
  return opcode === OP.checksum && mcu.quirks.checksumWhileProtected;
};

/** Some ROMs send two NACKs on UART for Read and Write under protection (AN2606 rev 70, known limitations). */
function* refuse({ mcu, bus }: Rom, opcode: number | undefined): Dialogue {
  yield* nack();
  const twice = mcu.quirks.doubleNack && mcu.isProtected && (opcode === OP.read || opcode === OP.write);
  if (twice && bus === "uart") yield* nack();
}
