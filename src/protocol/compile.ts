/**
 * The commands compiled into dialogues, one function per section of AN4221 rev 14, AN3155 rev 20 and AN4286 rev 15.
 * What differs between the buses is said by the dialect. Pure.
 */
import {
  checksumTimeoutMs,
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
import type { Dialect } from "./dialect/dialect.js";
import { begin, DialogueBuilder, type AckOptions, type CommandFrames, type Dialogue } from "./dialogue.js";
import {
  countFrame,
  dataFrame,
  halfWordFrame,
  LEGACY_MASS_ERASE,
  legacyPageListFrame,
  wordFrame,
} from "./frames.js";

interface Range {
  readonly address: number;
  readonly length: number;
}

/** A command and the opcode chosen for it: the no-stretch twin where the chip lists it. */
export interface Chosen {
  readonly command: Command;
  readonly opcode: number;
}

const open = (frames: CommandFrames, { command, opcode }: Chosen, address?: number): DialogueBuilder =>
  begin(frames, { name: command.name, opcode }, { busy: opcode === command.noStretch, address });

/** `length` is 1..256 bytes. */
export const compileRead = (frames: CommandFrames, address: number, length: number): Dialogue =>
  begin(frames, READ_MEMORY, { address })
    .send("address", wordFrame(address))
    .send("count", countFrame(length))
    .read(length)
    .build();

/** `bytes` are 1..256, aligned as the chip wants it. An ACK is not proof: AN3155 and AN4221 do not report protected sectors. */
export function compileWrite(
  dialect: Pick<Dialect, "commandFrame" | "programWaitMs">,
  chosen: Chosen,
  { address, bytes }: { readonly address: number; readonly bytes: Uint8Array },
  wait: AckOptions,
): Dialogue {
  const { programWaitMs } = dialect;
  const late = (wait.firstWaitMs ?? 0) < programWaitMs ? { ...wait, firstWaitMs: programWaitMs } : wait;
  return open(dialect, chosen, address)
    .send("address", wordFrame(address))
    .send("data", dataFrame(bytes), { timeoutMs: TIMEOUT.write, ...late })
    .build();
}

/** @param firstAckMissing no ACK comes for the opcode: H74x with bootloader V9.0 on UART (AN2606 rev 70) */
export const compileGo = (frames: CommandFrames, address: number, firstAckMissing = false): Dialogue =>
  firstAckMissing
    ? new DialogueBuilder(GO.name, false, address)
        .post("command", frames.commandFrame(GO.opcode))
        .wait(10)
        .send("address", wordFrame(address))
        .build()
    : begin(frames, GO, { address }).send("address", wordFrame(address)).build();

/** Pages by number. */
export function compileErase(
  dialect: Dialect,
  chosen: Chosen,
  pages: readonly number[],
  waitAfterMs = 0,
): Dialogue {
  const dialogue = open(dialect, chosen);
  const final = { timeoutMs: eraseTimeoutMs(pages.length) };
  if (chosen.command === LEGACY_ERASE) dialogue.send("list", legacyPageListFrame(pages), final);
  else dialect.sendPages(dialogue, pages, final);
  return dialogue.wait(waitAfterMs).build();
}

/** Mass or bank erase. The status after the code is the completion status. */
export function compileSpecialErase(
  frames: CommandFrames,
  chosen: Chosen,
  what: SpecialErase,
  waitAfterMs = 0,
): Dialogue {
  const frame = chosen.command === LEGACY_ERASE ? LEGACY_MASS_ERASE : halfWordFrame(ERASE_SPECIAL[what]);
  return open(frames, chosen)
    .send("count", frame, { timeoutMs: TIMEOUT.massErase })
    .wait(waitAfterMs)
    .build();
}

/** Get Checksum of `length` bytes, a multiple of 4, in the form of I2C: five bytes come back. */
export const compileChecksum = (
  frames: CommandFrames,
  { address, length }: Range,
  wait: AckOptions = {},
): Dialogue =>
  begin(frames, GET_CHECKSUM, { busy: true, address })
    .send("address", wordFrame(address))
    .send("size", wordFrame(length))
    .ack("completion", { timeoutMs: checksumTimeoutMs(length), ...wait })
    .read(5)
    .build();

/**
 * The form of UART and SPI: words, polynomial and initial value. One or two ACKs come back in front of the result (the charts of AN3155
 * disagree), so the reply is not part of the dialogue: the dialect reads it.
 */
export const compileWordChecksum = (
  frames: CommandFrames,
  { address, length, initial }: Range & { initial: number },
): Dialogue =>
  begin(frames, GET_CHECKSUM, { address })
    .send("address", wordFrame(address))
    .send("size", wordFrame(length / 4))
    .send("polynomial", wordFrame(CRC_POLYNOMIAL))
    .send("initial value", wordFrame(initial), { timeoutMs: checksumTimeoutMs(length) })
    .build();

/** `sectors` are 1..256 codes of one byte. The chip resets afterwards. */
export const compileWriteProtect = (dialect: Dialect, chosen: Chosen, sectors: readonly number[]): Dialogue =>
  dialect.sendSectors(open(dialect, chosen), sectors, { timeoutMs: TIMEOUT.optionBytes }).build();

/** Write Unprotect, Readout Protect, Readout Unprotect: two status bytes, then the chip resets. */
export const compileProtection = (frames: CommandFrames, chosen: Chosen, timeoutMs: number): Dialogue =>
  open(frames, chosen).ack("completion", { timeoutMs }).build();
