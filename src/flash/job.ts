/** Options and results of the jobs that a target does. Sizes in bytes, times in milliseconds, ranges half-open. */
import type { Device, Geometry, Range } from "../devices/device.js";
import type { OptionField } from "../devices/options/field.js";
import type { MemoryImage } from "../image/image.js";
import type { CheckedBy, EventSink, PlanSummary, Progress } from "./events.js";

export interface JobOptions {
  readonly onEvent?: EventSink | undefined;
  /** One number for the whole job, 0 to 1, with the time left: at the start and end of each phase, and every 50 ms at most between. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Stops between two commands; the chip stays in its bootloader. */
  readonly signal?: AbortSignal | undefined;
}

export interface ReadOptions extends JobOptions {
  /** Believe the first reading: what matters is confirmed otherwise. */
  readonly once?: boolean;
}

export interface ChecksumOptions extends JobOptions {
  /** Also read the range, and hold what the chip tells of each piece of it against that. */
  readonly prove?: boolean | undefined;
}

export interface EraseOptions extends JobOptions {
  /** Erase all that the range touches, also pages that it covers in part. */
  readonly erasePartial?: boolean;
}

export interface UnprotectOptions extends JobOptions {
  /** Consent to what lifting readout protection does to the chip. Needed for "readout", refused for "write". */
  readonly eraseEverything?: boolean;
}

export interface WriteOptions extends JobOptions {
  /** Give up what else is in the pages that the image covers only in part. */
  readonly erasePartial?: boolean | undefined;
  /** Write every page, also those that hold the right bytes already. */
  readonly full?: boolean | undefined;
  /** What to do when the image does not look like firmware for this chip (stack pointer, reset vector). Default "warn": a note. */
  readonly check?: "warn" | "refuse" | "off" | undefined;
  /** Name of the image in messages. */
  readonly file?: string | undefined;
  /** Take what lies in the flash and leave out the rest of the image, with a note. Default: what lies nowhere is refused. */
  readonly only?: "flash" | undefined;
  /** Bytes the flash is believed to hold: compared with instead of the chip. What was written is still verified. */
  readonly assume?: MemoryImage | undefined;
  /** Let BOOT0 lead to the bootloader from now on, where it does not: sets nBOOT_SEL = 0 before the firmware (STM32G0, C0). */
  readonly keepBootloader?: boolean | undefined;
  /** Write with reset lines although BOOT0 will no longer lead to the bootloader. */
  readonly allowLockout?: boolean | undefined;
  /** Stop after the plan. */
  readonly dryRun?: boolean | undefined;
  /** What to do with the chip at the end. Default "stay". */
  readonly leave?: "stay" | "go" | "reset" | undefined;
  /** A chip with reset lines whose flash was not changed is told by them to start its program when the job fails. Default: it stays. */
  readonly startOnFailure?: boolean | undefined;
}

export interface SetOptionsOptions extends JobOptions {
  /** Set although BOOT0 may no longer lead to the bootloader. */
  readonly allowLockout?: boolean | undefined;
  /** Names of fields that may be changed although nothing brings them back: BOOT_LOCK, PCROP areas, ... */
  readonly oneWay?: readonly string[] | undefined;
  /** Stop before anything is sent. */
  readonly dryRun?: boolean | undefined;
}

/** A field of the option bytes and what it holds. `says` is what this value means, where that is known. */
export interface OptionInfo extends OptionField {
  readonly value: number;
  readonly says: string | undefined;
}

export interface OptionsInfo {
  /** Of the first byte. */
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Whether `setOptions` is offered for this chip. */
  readonly settable: boolean;
  /** Empty where no names are at hand: the bytes are all there is. */
  readonly fields: readonly OptionInfo[];
}

export interface SetOptionsResult {
  readonly outcome: "written" | "already current" | "planned";
  readonly changes: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  readonly address: number;
  readonly before: Uint8Array;
  /** What was read back, or what would be there. */
  readonly after: Uint8Array;
  readonly elapsedMs: number;
}

export interface VerifyOptions extends JobOptions {
  /** Name of the image in messages. */
  readonly file?: string | undefined;
  /** As of a write. */
  readonly only?: "flash" | undefined;
}

export interface WriteResult {
  readonly outcome: "written" | "already current" | "planned";
  readonly plan: PlanSummary;
  readonly bytesWritten: number;
  /** Data EEPROM (STM32L0, L1): words that differed and were written, in bytes. */
  readonly eepromBytesWritten: number;
  readonly pagesErased: number;
  readonly pagesKept: number;
  readonly verifiedBy: CheckedBy | "nothing";
  readonly retries: number;
  readonly left: "bootloader" | "running" | "reset";
  /** Why the image may not be firmware for this chip, one sentence each. */
  readonly doubts: readonly string[];
  readonly elapsedMs: number;
}

export interface VerifyResult {
  readonly same: boolean;
  readonly bytes: number;
  readonly by: CheckedBy;
  /** Runs that differ, whole pages when compared by checksum. */
  readonly differences: readonly Range[];
  readonly elapsedMs: number;
}

export interface ChecksumResult {
  /** With `proof`: of what was read. */
  readonly crc: number;
  readonly by: CheckedBy;
  readonly proof?: ChecksumProof | undefined;
}

/** What the chip told of a range, piece by piece, beside what it holds. */
export interface ChecksumProof {
  /** Who was asked: the ROM ("checksum") or a program in RAM. */
  readonly asked: CheckedBy;
  readonly agrees: boolean;
  readonly pieces: number;
  /** Whose checksum is not that of what is read. Absent when the chip left no results that can be believed. */
  readonly differences?: readonly Range[] | undefined;
  /** Until the results were here; a program's with all that belongs to it. */
  readonly toldMs: number;
  readonly readMs: number;
}

export interface EraseResult {
  readonly pages: number;
  readonly bytes: number;
  readonly how: "mass" | "bank" | "pages";
  readonly retries: number;
  readonly elapsedMs: number;
}

export type ProtectWhat = { readonly readout: true } | { readonly writeSectors: readonly number[] };

/** What became of a protection, and how that is known. */
export interface ProtectionResult {
  /**
   * "seen": the chip restarted and was asked. "acknowledged": it took the command, and does not tell (single sectors), or tells only
   * after its next power-on.
   */
  readonly known: "seen" | "acknowledged";
  /**
   * The flash after readout protection was lifted: "blank" and "not blank" were looked at ("blank" by the ROM's checksum of each page,
   * or by its first bytes where there is none). Absent where nobody looked.
   */
  readonly flash?: "blank" | "not blank" | undefined;
  readonly elapsedMs: number;
}

/** "all", a bank, or the pages that a range touches; a range that does not end on page borders is refused. */
export type EraseWhat = "all" | { readonly bank: 1 | 2 } | Range;

/** What is known of the chip in the hand. */
export interface ChipInfo {
  readonly productId: number;
  /** AN2606's name, or "unknown chip 0x123". */
  readonly name: string;
  readonly device?: Device | undefined;
  /** "1.2" for version byte 0x12. */
  readonly protocol: string;
  readonly commands: readonly number[];
  /** ID byte of the bootloader and its version, "V11.3", where the chip lets it be read. */
  readonly bootloaderId?: number | undefined;
  readonly bootloaderVersion?: string | undefined;
  readonly geometry: Geometry;
  readonly flashSizeFrom:
    "size register" | "option" | "largest of its product ID" | "nothing: size not known";
  /** undefined: could not be found out. */
  readonly readoutProtected?: boolean | undefined;
  /** 96-bit unique ID, 24 hex digits, where it can be read. */
  readonly uniqueId?: string | undefined;
  /** "/dev/i2c-1 address 0x56" */
  readonly port: string;
  /** What is in doubt about this chip's flash, one sentence each: told in every job. */
  readonly doubts: readonly string[];
  /** Doubts and limits that matter to a user, one sentence each. */
  readonly notes: readonly string[];
}
