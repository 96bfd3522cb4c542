/**
 * The commands compiled into dialogues, one function per section of AN4221 rev 14 and AN3155 rev 20.
 * What differs between the buses is read from the traits. Pure.
 */
import type { Traits } from "../transport/traits.js";
import {
  checksumTimeoutMs,
  CRC_INITIAL,
  CRC_POLYNOMIAL,
  ERASE_SPECIAL,
  eraseTimeoutMs,
  GET_CHECKSUM,
  GO,
  LEGACY_ERASE,
  READ_MEMORY,
  TIMEOUT,
  type Command,
  type SpecialErase,
} from "./commands.js";
import { DialogueBuilder, type AckOptions, type Dialogue } from "./dialogue.js";
import {
  complementFrame,
  countedPageListFrame,
  countedSectorListFrame,
  countFrame,
  dataFrame,
  halfWordFrame,
  LEGACY_MASS_ERASE,
  legacyPageListFrame,
  pageListFrame,
  sectorListFrame,
  wordFrame,
} from "./frames.js";

/** A command and the opcode chosen for it: the no-stretch twin where the chip lists it. */
export interface Chosen {
  readonly command: Command;
  readonly opcode: number;
}

const begin = ({ command, opcode }: Chosen, address?: number): DialogueBuilder =>
  new DialogueBuilder(command.name, opcode === command.noStretch, address).send(
    "command",
    complementFrame(opcode),
  );

/** `length` is 1..256 bytes. */
export const compileRead = (address: number, length: number): Dialogue =>
  begin({ command: READ_MEMORY, opcode: READ_MEMORY.opcode }, address)
    .send("address", wordFrame(address))
    .send("count", countFrame(length))
    .read(length)
    .build();

/** `data` is 1..256 bytes, aligned as the chip wants it. An ACK is not proof: AN3155 and AN4221 do not report protected sectors. */
export const compileWrite = (chosen: Chosen, address: number, data: Uint8Array, wait: AckOptions): Dialogue =>
  begin(chosen, address)
    .send("address", wordFrame(address))
    .send("data", dataFrame(data), { timeoutMs: TIMEOUT.write, ...wait })
    .build();

/** @param firstAckMissing no ACK comes for the opcode: H74x with bootloader V9.0 on UART (AN2606 rev 70) */
export const compileGo = (address: number, firstAckMissing = false): Dialogue =>
  firstAckMissing
    ? new DialogueBuilder(GO.name, false, address)
        .post("command", complementFrame(GO.opcode))
        .wait(10)
        .send("address", wordFrame(address))
        .build()
    : begin({ command: GO, opcode: GO.opcode }, address).send("address", wordFrame(address)).build();

/** Pages by number; which bus decides whether the count is a frame of its own. */
export function compileErase(
  traits: Traits,
  chosen: Chosen,
  pages: readonly number[],
  waitAfterMs = 0,
): Dialogue {
  const dialogue = begin(chosen);
  const final = { timeoutMs: eraseTimeoutMs(pages.length) };
  if (chosen.command === LEGACY_ERASE) dialogue.send("list", legacyPageListFrame(pages), final);
  else if (traits.countIsFrame)
    dialogue.send("count", halfWordFrame(pages.length - 1)).send("list", pageListFrame(pages), final);
  else dialogue.send("list", countedPageListFrame(pages), final);
  return dialogue.wait(waitAfterMs).build();
}

/** Mass or bank erase. The status after the code is the completion status. */
export function compileSpecialErase(chosen: Chosen, what: SpecialErase, waitAfterMs = 0): Dialogue {
  const frame = chosen.command === LEGACY_ERASE ? LEGACY_MASS_ERASE : halfWordFrame(ERASE_SPECIAL[what]);
  return begin(chosen).send("count", frame, { timeoutMs: TIMEOUT.massErase }).wait(waitAfterMs).build();
}

/** Get Checksum of `length` bytes, a multiple of 4, in the form of I2C: five bytes come back. */
export const compileChecksum = (address: number, length: number, wait: AckOptions = {}): Dialogue =>
  new DialogueBuilder(GET_CHECKSUM.name, true, address)
    .send("command", complementFrame(GET_CHECKSUM.opcode))
    .send("address", wordFrame(address))
    .send("size", wordFrame(length))
    .ack("completion", { timeoutMs: checksumTimeoutMs(length), ...wait })
    .read(5)
    .build();

/**
 * The form of UART: words, polynomial and initial value. One or two ACKs come back in front of the result (the charts of AN3155
 * disagree), so the reply is not part of the dialogue: protocol/checksum.ts reads it.
 */
export const compileWordChecksum = (address: number, length: number, initial = CRC_INITIAL): Dialogue =>
  new DialogueBuilder(GET_CHECKSUM.name, false, address)
    .send("command", complementFrame(GET_CHECKSUM.opcode))
    .send("address", wordFrame(address))
    .send("size", wordFrame(length / 4))
    .send("polynomial", wordFrame(CRC_POLYNOMIAL))
    .send("initial value", wordFrame(initial), { timeoutMs: checksumTimeoutMs(length) })
    .build();

/** `sectors` are 1..256 codes of one byte. The chip resets afterwards. */
export function compileWriteProtect(traits: Traits, chosen: Chosen, sectors: readonly number[]): Dialogue {
  const final = { timeoutMs: TIMEOUT.optionBytes };
  return traits.countIsFrame
    ? begin(chosen)
        .send("count", countFrame(sectors.length))
        .send("list", sectorListFrame(sectors), final)
        .build()
    : begin(chosen).send("list", countedSectorListFrame(sectors), final).build();
}

/** Write Unprotect, Readout Protect, Readout Unprotect: two status bytes, then the chip resets. */
export const compileProtection = (chosen: Chosen, timeoutMs: number): Dialogue =>
  begin(chosen).ack("completion", { timeoutMs }).build();
