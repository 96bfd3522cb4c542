/** A chip in its bootloader, ready for jobs. `connect` in flash/connect.ts makes one. */
import type { asyncDispose } from "../disposable.js";
import type { Range } from "../devices/device.js";
import type { MemoryImage } from "../image/image.js";
import type {
  ChecksumOptions,
  ChecksumResult,
  ChipInfo,
  EraseOptions,
  EraseResult,
  EraseWhat,
  JobOptions,
  OptionsInfo,
  ProtectionResult,
  ProtectWhat,
  ReadOptions,
  SetOptionsOptions,
  SetOptionsResult,
  UnprotectOptions,
  VerifyOptions,
  VerifyResult,
  WriteOptions,
  WriteResult,
} from "./job.js";
import type { OptionValues } from "./options/plan.js";

/** Every job checks what it is given and rejects with USAGE, before anything is sent, when that is not of its type. */
export interface Target {
  /** `await using` closes it. */
  [asyncDispose](): Promise<void>;
  /** What connecting found out; `info()` asks the chip for the rest (protection, unique ID). */
  readonly chip: ChipInfo;
  info(options?: JobOptions): Promise<ChipInfo>;
  /**
   * Compares, erases and writes what differs, verifies. The first page of the image is erased first and written last.
   * @throws BootlaceError IMAGE_OUTSIDE, IMAGE_UNLIKELY, CANNOT_PRESERVE before anything is sent to the flash; VERIFY_FAILED, PROTECTED, ...
   */
  write(image: MemoryImage, options?: WriteOptions): Promise<WriteResult>;
  verify(image: MemoryImage, options?: VerifyOptions): Promise<VerifyResult>;
  /** Any readable memory, not only flash. Confirmed by the ROM's checksum or a second reading, unless `once`. */
  read(range: Range, options?: ReadOptions): Promise<Uint8Array>;
  erase(what: EraseWhat, options?: EraseOptions): Promise<EraseResult>;
  /**
   * CRC of a run of flash as the ROM computes it (AN4221, Get Checksum); computed from what is read where the ROM has no such command.
   * @throws BootlaceError NOT_OFFERED with `prove` where nobody on the chip tells checksums
   */
  checksum(range: Range, options?: ChecksumOptions): Promise<ChecksumResult>;
  /**
   * Go: tells the chip to start the program whose vector table is at `address`, default the start of flash. The chip acknowledges and is
   * gone from the bus; whether the program runs is not seen.
   */
  run(address?: number, options?: JobOptions): Promise<void>;
  /** Restarts the chip by its reset lines, or through a small RAM program; one without either is refused with NOT_OFFERED. */
  reset(options?: JobOptions): Promise<void>;
  /** Readout protection is level 1. Sectors of write protection count as the chip's reference manual counts them. */
  protect(what: ProtectWhat, options?: JobOptions): Promise<ProtectionResult>;
  /** "readout" erases the whole chip, and is refused without `{ eraseEverything: true }`. */
  unprotect(what: "readout" | "write", options?: UnprotectOptions): Promise<ProtectionResult>;
  /** The option bytes, by name where names are known. @throws BootlaceError NOT_OFFERED where their place is not published */
  options(options?: JobOptions): Promise<OptionsInfo>;
  /**
   * Sets option bytes by name, `{ nBOOT_SEL: 0, nBOOT0: 1 }`, or as they were read before; what holds already is not written. The chip
   * resets, is asked again, and all of them are compared. Readout protection is not set here.
   * @throws BootlaceError LOCKOUT where BOOT0 would no longer lead to the bootloader; USAGE for a name or value that the chip does not
   * have, and for fields that cannot be undone and are not in `oneWay`; VERIFY_FAILED, PROTECTED when they were not stored
   */
  setOptions(values: OptionValues, options?: SetOptionsOptions): Promise<SetOptionsResult>;
  /** Waits for the job in progress. Twice is fine. */
  close(): Promise<void>;
}

export interface ConnectOptions extends JobOptions {
  /** 7-bit I2C address; part of a target string like "i2c:/dev/i2c-1@0x56" too. */
  readonly address?: number | undefined;
  readonly baud?: number | undefined;
  readonly mode?: string | undefined;
  /** The chip that is expected: WRONG_CHIP otherwise. Also says the I2C address where none is given. */
  readonly chip?: string | undefined;
  /** Geometry of a chip that the table does not know, or that the table has wrong. Bytes. */
  readonly flashSize?: number | undefined;
  readonly pageSize?: number | undefined;
  /** Layout of the flash under another setting of the option bytes, a key of the device's row: "single-bank", "bank2-from-256". */
  readonly layout?: string | undefined;
  /** Use an address that a kernel driver has bound. */
  readonly force?: boolean | undefined;
  /** Longest frame the adapter takes, in bytes. */
  readonly maxFrame?: number | undefined;
  /** Wait for a locked target this long. Default 0. */
  readonly waitMs?: number | undefined;
  /** Try this long to open a device that is not there yet, or may not be opened yet. Default 0. */
  readonly waitDeviceMs?: number | undefined;
  /** Ask this long for a bootloader, where none answers yet. Default 0. */
  readonly waitChipMs?: number | undefined;
  /** BOOT0 and NRST: a preset's name or a sequence, see docs/wiring.md. */
  readonly resetSequence?: string | undefined;
  /** Lines of the sequence by name: `{ boot0: "gpiochip0:17", nrst: "!NRST" }`. */
  readonly lines?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Checksums by a program in the chip's RAM, where the ROM has no Get Checksum; it resets the chip. "auto", the default: where reset
   * lines bring the chip back whatever happens, and where it saves time. "always": there too where only the chip itself can come back.
   */
  readonly crcProgram?: "auto" | "always" | "never" | undefined;
  /** Every step on the bus, for --trace. */
  readonly onTrace?: ((line: string) => void) | undefined;
}
