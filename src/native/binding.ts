/**
 * The addon: the only file that loads the .node. Everything below it is bytes, file descriptors, deadlines and errno.
 *
 * A function that fails in the system throws or rejects with a SystemError (errno, code, syscall). Arguments of the wrong
 * type or out of range give a TypeError or RangeError, a handle that was closed a SystemError EBADF. Nothing crashes.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BootlaceError } from "../errors.js";
import { isMusl, tellLibc } from "./libc.js";
import { withSystemErrors } from "./system-error.js";

declare const kind: unique symbol;
/** An open /dev/i2c-N and its thread. */
export interface I2cHandle {
  readonly [kind]: "i2c";
}
/** An open /dev/spidevB.C and its thread. */
export interface SpiHandle {
  readonly [kind]: "spi";
}
/** An open file, for locks. */
export interface FileHandle {
  readonly [kind]: "file";
}
export interface GpioChipHandle {
  readonly [kind]: "gpio-chip";
}
/** Requested lines: they are ours until closed, or until the process ends. */
export interface GpioLinesHandle {
  readonly [kind]: "gpio-lines";
}
export type Handle = I2cHandle | SpiHandle | FileHandle | GpioChipHandle | GpioLinesHandle;

/** How a program ended. */
export const RUN_STATUS = { done: 0, system: 1, unexpected: 2, timeout: 3, aborted: 4 } as const;

/** What running a program (src/transport/i2c-program.ts) came to. Everything before step number `step` was done. */
export interface RunResult {
  /** One of RUN_STATUS. */
  readonly status: number;
  /** The step that failed, or before which the run was aborted. -1 when done. */
  readonly step: number;
  /** The last byte that a poll read, -1 when it got none. */
  readonly reply: number;
  /** errno of a failed ioctl(I2C_RDWR) or ioctl(SPI_IOC_MESSAGE), 0 otherwise. */
  readonly errno: number;
  /** The bytes of all read steps that were done, one after the other. */
  readonly reads: Uint8Array;
  /** Messages put on the bus, and bytes in them (without addresses). */
  readonly frames: number;
  readonly bytes: number;
  /** Bytes that polls read. */
  readonly tries: number;
}

/** What i2cRun may do. */
export const RUN_FLAG = {
  /**
   * A write and the read or poll try right after it go as one I2C_RDWR, with I2C_M_STOP on the write (never a repeated
   * START). For adapters with I2C_FUNC_PROTOCOL_MANGLING only.
   */
  combine: 1,
} as const;

/** fileOpen always adds O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW. */
export const FILE_FLAG = {
  /** Open for reading and writing; without it for reading only. An exclusive lock needs it. */
  write: 1,
  /** Make the file (mode 0666 less umask) when it is not there. */
  create: 2,
  /** With `create`: EEXIST when it is there already. */
  exclusive: 4,
  /** Follow a symbolic link in the last part of the path, for instance /dev/serial/by-id/... */
  follow: 8,
} as const;

/** Who owns a lock: the open file (OFD: falls with the last copy of the descriptor) or the process (classic POSIX). */
export const LOCK_OWNER = { openFile: 0, process: 1 } as const;

/** `errno` is 0 when locked; with "unsupported" it says why this file cannot be locked (ENOLCK, EINVAL, EBADF ...). */
export interface LockResult {
  readonly state: "locked" | "held" | "unsupported";
  readonly errno: number;
}

/** `pid` is known when the holder is a classic lock, -1 for an open file's lock, 0 when it lives in another pid namespace. */
export interface LockQuery {
  readonly state: "free" | "held" | "unsupported";
  readonly errno: number;
  readonly pid: number;
}

/** Flags of GPIO lines, include/uapi/linux/gpio.h `enum gpio_v2_line_flag`. */
export const GPIO_FLAG = {
  /** In line info only: somebody uses the line, it cannot be requested. */
  used: 1 << 0,
  activeLow: 1 << 1,
  input: 1 << 2,
  output: 1 << 3,
  openDrain: 1 << 6,
  openSource: 1 << 7,
  biasPullUp: 1 << 8,
  biasPullDown: 1 << 9,
  biasDisabled: 1 << 10,
} as const;

export interface GpioChipInfo {
  /** "gpiochip0" */
  readonly name: string;
  /** The driver's name for it, "pinctrl-bcm2835". */
  readonly label: string;
  readonly lines: number;
}

export interface GpioLineInfo {
  readonly offset: number;
  /** "" when the line has no name. */
  readonly name: string;
  /** Who holds it, "" when nobody does. */
  readonly consumer: string;
  /** GPIO_FLAG, added up. */
  readonly flags: number;
}

/** In gpioSet: leave this line as it is. */
export const GPIO_KEEP = 2;

export interface NativeBinding {
  /** Opens with O_RDWR | O_CLOEXEC and starts the bus's thread. The path is not looked at otherwise. */
  i2cOpen(path: string): Promise<I2cHandle>;
  /** I2C_FUNCS, 32 bits. */
  i2cFunctionality(bus: I2cHandle): Promise<number>;
  /** I2C_TIMEOUT, in units of 10 ms. Belongs to the whole adapter and cannot be read back. */
  i2cSetTimeout(bus: I2cHandle, tensOfMs: number): Promise<void>;
  /** I2C_RETRIES: how often the adapter tries again after lost arbitration. Belongs to the whole adapter. */
  i2cSetRetries(bus: I2cHandle, retries: number): Promise<void>;
  /** One I2C_RDWR of packed messages (src/transport/i2c-messages.ts). @returns the buffers of the read messages, one after the other */
  i2cTransfer(bus: I2cHandle, messages: Uint8Array): Promise<Uint8Array>;
  /** Runs a program on the bus's thread. `flags` is RUN_FLAG. Rejects for nothing that happens on the bus. */
  i2cRun(bus: I2cHandle, address: number, program: Uint8Array, flags: number): Promise<RunResult>;
  /** Stops what was started on this handle and has not ended: between steps, between tries of a poll, in waits. */
  i2cAbort(bus: I2cHandle): void;

  /**
   * Opens with O_RDWR | O_CLOEXEC, sets mode 0 and 8 bits a word, and starts the device's thread.
   * @param gapUs between two bytes, 0 to 255
   * @param wordDelay 1: the controller makes the gaps; 0: each byte is a transfer of its own, with the gap behind it
   */
  spiOpen(path: string, hz: number, gapUs: number, wordDelay: number): Promise<SpiHandle>;
  /**
   * Runs a program on the device's thread; a poll is AN4286's procedure. Rejects for nothing that happens on the bus.
   * @param procedure four bytes: filler of reads, filler of polls, acknowledgement of a status, refusal
   */
  spiRun(device: SpiHandle, program: Uint8Array, procedure: Uint8Array): Promise<RunResult>;
  /** Stops what was started on this handle and has not ended, as i2cAbort does. */
  spiAbort(device: SpiHandle): void;

  fileOpen(path: string, flags: number): FileHandle;
  /** Takes an exclusive byte-range lock or says why not; never waits. `owner` is LOCK_OWNER. */
  lockTake(file: I2cHandle | FileHandle, offset: number, length: number, owner: number): LockResult;
  /** Who is in the way of an exclusive lock of the open file (F_OFD_GETLK). The handle's own lock is not. */
  lockQuery(file: I2cHandle | FileHandle, offset: number, length: number): LockQuery;
  lockRelease(file: I2cHandle | FileHandle, offset: number, length: number, owner: number): void;

  gpioOpen(path: string): GpioChipHandle;
  gpioChipInfo(chip: GpioChipHandle): GpioChipInfo;
  gpioLineInfo(chip: GpioChipHandle, offset: number): GpioLineInfo;
  /**
   * Requests 1..64 lines under the consumer name "bootlace", all with the same `flags`. `values` has a 0 or 1 for each line
   * (logical: active-low is applied by the kernel); outputs start with it, for inputs it is empty. EBUSY: somebody has the line.
   */
  gpioRequest(chip: GpioChipHandle, offsets: Uint32Array, flags: number, values: Uint8Array): GpioLinesHandle;
  /** Changes direction, drive or bias of all lines of the request. */
  gpioConfigure(lines: GpioLinesHandle, flags: number, values: Uint8Array): void;
  /** Logical values in the order of the request: 0, 1 or GPIO_KEEP. */
  gpioSet(lines: GpioLinesHandle, values: Uint8Array): void;
  /** Logical values in the order of the request: 0 or 1. */
  gpioGet(lines: GpioLinesHandle): Uint8Array;

  /**
   * A new pseudo-terminal in raw mode, both ends open: `master` non-blocking, `slave` kept open so that the master does not fail with
   * EIO between two users. Plain descriptors: the caller closes them. `path` is the slave's, /dev/pts/N.
   */
  ptyOpen(): { readonly master: number; readonly slave: number; readonly path: string };
  /** TIOCEXCL: nobody but root may open the terminal from now on. TIOCNXCL takes it back. */
  ttyExclusive(fd: number, on: boolean): void;
  /** termios INPCK: with IGNPAR, bytes with a wrong parity bit are dropped instead of delivered. */
  ttyCheckParity(fd: number): void;
  /** What the driver took. `parity` is 0 none, 1 even, 2 odd. */
  ttySettings(fd: number): { readonly dataBits: number; readonly parity: number; readonly stopBits: number };

  /** Closes any handle; twice is fine. What was started on it ends first; its lines and locks are released then. */
  close(handle: Handle): void;
}

const packageRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    if (nameOfPackage(folder) === "bootlace") return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new Error("no package.json of bootlace above the running file");
    folder = parent;
  }
};

const nameOfPackage = (folder: string): unknown => {
  try {
    return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name?: unknown }).name;
  } catch {
    return undefined;
  }
};

const load = (): NativeBinding => {
  try {
    tellLibc();
    const nodeGypBuild = createRequire(import.meta.url)("node-gyp-build") as (root: string) => NativeBinding;
    return withSystemErrors(nodeGypBuild(packageRoot()));
  } catch (cause) {
    const platform = `${process.platform}-${process.arch}${isMusl() ? " (musl)" : ""}`;
    throw new BootlaceError(
      "ADDON_MISSING",
      `the native addon for ${platform} cannot be loaded`,
      {},
      { cause },
    );
  }
};

let loaded: NativeBinding | undefined;

/** The addon, loaded at first use. @throws BootlaceError ADDON_MISSING */
export const binding = (): NativeBinding => (loaded ??= load());
