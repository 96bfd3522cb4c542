/** Keeps a chip's memory in files between runs, written through at every change: what is in the file is what the chip holds. */
import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { fromHex, toHex } from "../bytes.js";
import { BootlaceError } from "../errors.js";

/** What is not flash: small, and changes seldom. */
export interface ChipSideState {
  readonly optionBytes: Uint8Array;
  readonly dataEeprom: Uint8Array;
  readonly otp: Uint8Array;
  /** Codes of Write Protect that the option bytes have no room for. */
  readonly writeProtected: readonly number[];
}

export interface ChipMemory {
  /** What an earlier run left; undefined when the chip is new. */
  readonly side: ChipSideState | undefined;
  /** Fills `into` with the flash of an earlier run. */
  loadFlash(into: Uint8Array): void;
  writeFlash(offset: number, bytes: Uint8Array): void;
  writeSide(state: ChipSideState): void;
  close(): void;
}

interface SideJson {
  readonly format: number;
  readonly chip: string;
  readonly optionBytes: string;
  readonly dataEeprom: string;
  readonly otp: string;
  readonly writeProtected: readonly number[];
}

/**
 * Opens or creates `path` (plain flash bytes, from the first to the last address) and `path`.side.json (the rest).
 * Flash goes out with positional writes to the open descriptor, one system call each, so a killed process leaves what it had programmed;
 * the side file is replaced by renaming.
 * @throws BootlaceError FILE_FAILED with the system error as cause; IMAGE_INVALID when the file belongs to another chip
 */
export const openMemoryFile = (
  path: string,
  chip: string,
  flash: { size: number; erased: number },
): ChipMemory => {
  attempt(path, () => closeSync(openSync(path, "a+")));
  return new MemoryFile(path, chip, flash);
};

class MemoryFile implements ChipMemory {
  readonly side: ChipSideState | undefined;
  readonly #path: string;
  readonly #chip: string;
  #fd: number | undefined;

  constructor(path: string, chip: string, flash: { size: number; erased: number }) {
    this.#path = path;
    this.#chip = chip;
    this.#fd = attempt(path, () => openSync(path, "r+"));
    const { size } = attempt(path, () => fstatSync(this.#fd!));
    if (size > flash.size) {
      this.close();
      const message = `${path}: ${size} bytes, but ${chip} has ${flash.size} bytes of flash`;
      throw new BootlaceError("IMAGE_INVALID", message, {
        file: path,
        hint: "Use another file, or give the flash size.",
      });
    }
    if (size < flash.size) this.writeFlash(size, new Uint8Array(flash.size - size).fill(flash.erased));
    this.side = this.#readSide();
  }

  loadFlash(into: Uint8Array): void {
    const fd = this.#fd;
    if (fd !== undefined) attempt(this.#path, () => readSync(fd, into, 0, into.length, 0));
  }

  writeFlash(offset: number, bytes: Uint8Array): void {
    const fd = this.#fd;
    if (fd === undefined) return;
    attempt(this.#path, () => writeSync(fd, bytes, 0, bytes.length, offset));
  }

  writeSide(state: ChipSideState): void {
    const json: SideJson = {
      format: 1,
      chip: this.#chip,
      optionBytes: toHex(state.optionBytes),
      dataEeprom: toHex(state.dataEeprom),
      otp: toHex(state.otp),
      writeProtected: state.writeProtected,
    };
    const path = `${this.#path}.side.json`;
    attempt(path, () => {
      writeFileSync(`${path}.new`, `${JSON.stringify(json)}\n`);
      renameSync(`${path}.new`, path);
    });
  }

  close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== undefined) attempt(this.#path, () => closeSync(fd)); // some file systems say only now that the disk is full
  }

  #readSide(): ChipSideState | undefined {
    const path = `${this.#path}.side.json`;
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw fileFailed(path, error);
    }
    const { chip, ...state } = parseSide(path, text);
    if (chip === this.#chip) return state;
    const message = `${path}: belongs to ${chip}, not to ${this.#chip}`;
    throw new BootlaceError("IMAGE_INVALID", message, {
      file: path,
      hint: "Use another file for another chip.",
    });
  }
}

function parseSide(path: string, text: string): ChipSideState & { readonly chip: string } {
  try {
    const json = JSON.parse(text) as SideJson;
    if (json.format !== 1) throw new RangeError(`format ${json.format}`);
    return {
      chip: json.chip,
      optionBytes: fromHex(json.optionBytes),
      dataEeprom: fromHex(json.dataEeprom),
      otp: fromHex(json.otp),
      writeProtected: json.writeProtected,
    };
  } catch (cause) {
    const context = { file: path, hint: "Delete it: the chip then starts with factory option bytes." };
    const message = `${path}: not the side file of a simulated chip`;
    throw new BootlaceError("IMAGE_INVALID", message, context, { cause });
  }
}

const attempt = <T>(path: string, run: () => T): T => {
  try {
    return run();
  } catch (error) {
    throw fileFailed(path, error);
  }
};

const fileFailed = (path: string, cause: unknown): BootlaceError =>
  new BootlaceError(
    "FILE_FAILED",
    `${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
    { file: path },
    { cause },
  );
