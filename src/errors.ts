/** What can go wrong, in one table, and the error that carries it. */
import { inLibraryWords } from "./library-words.js";

/**
 * Who said no. "way": the way to the chip; the same may work a moment later. "chip": the chip, by an answer or by what it holds.
 * "caller": what was asked cannot be, or was withdrawn. "host": this machine, its adapters and files.
 */
export type ErrorSide = "way" | "chip" | "caller" | "host";

/** What may help, for a program to branch on. docs/errors.md has the same table; a test holds them together. */
export const REMEDIES = {
  "change-call": "Ask for something else, or with other options: as it was asked, it cannot be.",
  "change-image": "Another image is needed, or a file that is whole.",
  "prepare-host":
    "Something of this machine is missing or not permitted: a device, a driver, a right, a package, a file.",
  "change-adapter": "Another adapter, bus or machine is needed: this one cannot do it.",
  "reconnect-adapter": "The adapter is gone: plug it in, then do the same again.",
  wait: "Somebody else uses it: the same works when they have finished.",
  "check-board": "Look at power, wires, lines, address, and whether it is the chip that is meant.",
  "reset-chip": "Bring the chip into its bootloader again, then do the same again.",
  unprotect: "Lift the protection. Lifting readout protection erases the chip.",
  write: "Write a firmware.",
  repeat: "Do the same again: it takes up what was left.",
  "look-at-each": "Each target has its own error.",
  report: "Nothing on your side: report it.",
} as const satisfies Record<string, string>;

export type Remedy = keyof typeof REMEDIES;

/**
 * Every failure a caller can branch on: its exit status and what the user can do about it.
 * The message says what happened and where; the hint here says what to try.
 * docs/errors.md has a heading for each; a test holds the two together.
 */

export const ERRORS = {
  USAGE: {
    side: "caller",
    exit: 2,
    remedy: "change-call",
    hint: "See --help for the options of this command.",
  },

  NO_DEVICE: {
    side: "host",
    exit: 10,
    remedy: "prepare-host",
    hint: "List what is there with `bootlace ports`; for I2C load the module with `modprobe i2c-dev`.",
  },
  NO_PERMISSION: {
    side: "host",
    exit: 11,
    remedy: "prepare-host",
    hint: "Add the user to the group that owns the device (i2c, dialout or gpio), or run as root.",
  },
  TARGET_LOCKED: {
    side: "host",
    exit: 12,
    remedy: "wait",
    hint: "Wait until the other process has finished, or stop it.",
  },
  SMBUS_ONLY: {
    side: "host",
    exit: 13,
    remedy: "change-adapter",
    hint: "Use an adapter with plain I2C (I2C_FUNC_I2C); `bootlace funcs` shows what an adapter can do.",
  },
  ADDRESS_OWNED: {
    side: "host",
    exit: 14,
    remedy: "prepare-host",
    hint: "Unbind the kernel driver first, or pass --force if you know that it is idle.",
  },
  UNSUPPORTED_PLATFORM: {
    side: "host",
    exit: 15,
    remedy: "change-adapter",
    hint: "i2c-dev and GPIO lines exist on Linux only; a serial port works everywhere.",
  },
  ADDON_MISSING: {
    side: "host",
    exit: 16,
    remedy: "prepare-host",
    hint: "Build it where bootlace is installed; all it needs is g++: `npm explore bootlace -- npm run build:addon` (`npm explore -g` where it was installed so).",
  },
  NOT_READY: {
    side: "host",
    exit: 17,
    remedy: "prepare-host",
    hint: "`bootlace doctor` says what to do about each finding.",
  },

  SERIALPORT_MISSING: {
    side: "host",
    exit: 18,
    remedy: "prepare-host",
    hint: "Install it beside bootlace: `npm install serialport` (with -g where bootlace was installed so); where it has no binary that needs python3, make and g++.",
  },

  NO_REPLY: {
    side: "way",
    exit: 20,
    remedy: "check-board",
    hint: "Check power, wiring and address, and that BOOT0 was high when NRST was released.",
  },
  REFUSED: {
    side: "chip",
    exit: 21,
    remedy: "change-call",
    hint: "The chip may be protected, or the address lies outside its memory.",
  },
  PROTECTED: {
    side: "chip",
    exit: 22,
    remedy: "unprotect",
    hint: "`bootlace unprotect readout --yes-erase-everything` lifts readout protection and erases the whole chip; `bootlace write FILE --unprotect --yes-erase-everything` does that and writes.",
  },
  DESYNCHRONISED: {
    side: "way",
    exit: 23,
    remedy: "reset-chip",
    hint: "Reset the chip into its bootloader and run the same command again.",
  },
  BUS_FAILED: {
    side: "way",
    exit: 24,
    remedy: "check-board",
    hint: "See the system error; check pull-ups, wire length, clock rate and other masters on the bus.",
  },
  TIMED_OUT: {
    side: "way",
    exit: 25,
    remedy: "change-adapter",
    hint: "The adapter may give up on clock stretching too early; see docs/troubleshooting.md.",
  },
  ADAPTER_GONE: {
    side: "host",
    exit: 26,
    remedy: "reconnect-adapter",
    hint: "The adapter was unplugged or its driver unbound; plug it in and run the same command again.",
  },
  ADAPTER_LIMIT: {
    side: "host",
    exit: 27,
    remedy: "change-adapter",
    hint: "The adapter takes shorter messages only: use another one; `bootlace doctor` says what is known of it.",
  },
  BUS_BUSY: {
    side: "way",
    exit: 29,
    remedy: "wait",
    hint: "Another controller uses this bus; stop it or let it pause, then run the same command again.",
  },
  NOT_OFFERED: {
    side: "caller",
    exit: 28,
    remedy: "change-call",
    hint: "The bootloader of this chip does not list the command; see `bootlace info`.",
  },

  UNKNOWN_CHIP: {
    side: "chip",
    exit: 30,
    remedy: "change-call",
    hint: "Give its geometry with --flash-size and --page-size.",
  },
  WRONG_CHIP: {
    side: "chip",
    exit: 31,
    remedy: "check-board",
    hint: "Check --chip, the address and the wiring.",
  },

  IMAGE_INVALID: {
    side: "caller",
    exit: 40,
    remedy: "change-image",
    hint: "Build or download the file again.",
  },
  IMAGE_OUTSIDE: {
    side: "caller",
    exit: 41,
    remedy: "change-image",
    hint: "Check that the image was linked for this chip; `bootlace image info` shows its ranges.",
  },
  IMAGE_UNLIKELY: {
    side: "caller",
    exit: 42,
    remedy: "change-image",
    hint: "If this really is what the chip shall hold, leave --check refuse away.",
  },
  FILE_FAILED: {
    side: "host",
    exit: 43,
    remedy: "prepare-host",
    hint: "Check the path and its permissions.",
  },
  CANNOT_PRESERVE: {
    side: "caller",
    exit: 44,
    remedy: "change-call",
    hint: "Pass --erase-partial to give up what else is in the partly covered pages.",
  },
  LOCKOUT: {
    side: "caller",
    exit: 45,
    remedy: "change-call",
    hint: "Pass --keep-bootloader to let BOOT0 count from now on, or --allow-lockout if this write may be the last one by BOOT0.",
  },
  IMAGE_UNSIGNED: {
    side: "caller",
    exit: 46,
    remedy: "change-image",
    hint: "Take a file that was signed by a key that counts; `bootlace help signatures` has all about it.",
  },
  IMAGE_TOO_OLD: {
    side: "caller",
    exit: 47,
    remedy: "change-image",
    hint: "Take a newer firmware, or lower --min-version.",
  },

  ERASE_FAILED: {
    side: "chip",
    exit: 49,
    remedy: "unprotect",
    hint: "The page may be write-protected: `bootlace unprotect write` lifts that.",
  },
  VERIFY_FAILED: {
    side: "chip",
    exit: 50,
    remedy: "repeat",
    hint: "Run the same command again; if it fails at the same place, it is write-protected (`bootlace unprotect write` lifts that) or worn.",
  },
  DIFFERENT: { side: "chip", exit: 51, remedy: "write", hint: "Write the image with `bootlace write`." },
  RESET_FAILED: {
    side: "chip",
    exit: 52,
    remedy: "check-board",
    hint: "Check the lines named in the reset sequence, or reset the chip by hand.",
  },
  SEVERAL_FAILED: {
    side: "host",
    exit: 53,
    remedy: "look-at-each",
    hint: "Each target's own line says what failed.",
  },

  NO_PROGRAM: {
    side: "chip",
    exit: 54,
    remedy: "write",
    hint: "Write a firmware first, or give the address of its vector table.",
  },

  NOT_UPDATED: {
    side: "chip",
    exit: 55,
    remedy: "repeat",
    hint: "The program that was there was told to start; what kept the new one away is in the message.",
  },

  INTERNAL: {
    side: "host",
    exit: 70,
    remedy: "report",
    hint: "This is a bug in bootlace; please report it with the output of --trace.",
  },
  INTERRUPTED: {
    side: "caller",
    exit: 130,
    remedy: "repeat",
    hint: "Run the same command again to finish the job.",
  },
  TERMINATED: {
    side: "caller",
    exit: 143,
    remedy: "repeat",
    hint: "Run the same command again to finish the job.",
  },
} as const satisfies Record<string, { side: ErrorSide; exit: number; remedy: Remedy; hint: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** Where it happened. Addresses are numbers here and hexadecimal only in text. */
export interface ErrorContext {
  /** The manual's name of the command, "Read Memory". */
  readonly command?: string | undefined;
  /** The part of the command that failed: "command", "address", "data", ... */
  readonly stage?: string | undefined;
  readonly address?: number | undefined;
  /** The byte that came instead of the one expected. */
  readonly reply?: number | undefined;
  /** File, line and offset of bad input. */
  readonly file?: string;
  readonly line?: number;
  readonly offset?: number;
  /** What the chip holds and does now, one sentence: "the chip is still in its bootloader, its flash was not touched". */
  readonly chipState?: string | undefined;
  /** The flash is as it was, and the reset lines were moved to start the program in it. Whether that runs is not seen. */
  readonly startedAgain?: true;
  /** What kept a NOT_UPDATED chip from being updated. */
  readonly reason?: ErrorCode | undefined;
  /** A hint that fits better than the table's. */
  readonly hint?: string | undefined;
}

export class BootlaceError extends Error {
  static {
    this.prototype.name = "BootlaceError"; // inherited, so it does not clutter util.inspect
  }

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly context: ErrorContext = {},
    options?: ErrorOptions, // `cause` keeps the system error
  ) {
    checkParts(code, message, context);
    super(message, options);
  }

  get side(): ErrorSide {
    return ERRORS[this.code].side;
  }

  get exitStatus(): number {
    return ERRORS[this.code].exit;
  }

  /** What may help, for a program to branch on: a key of REMEDIES. Of a NOT_UPDATED chip, what helps against its reason. */
  get remedy(): Remedy {
    return ERRORS[(this.code === "NOT_UPDATED" ? this.context.reason : undefined) ?? this.code].remedy;
  }

  /** What to try, for people, without words of the command line. */
  get hint(): string {
    return inLibraryWords(this.commandHint);
  }

  /** What to try, for people at the command line. */
  get commandHint(): string {
    return this.context.hint ?? ERRORS[this.code].hint;
  }

  /** The same error with more context: used on the way up, where more is known. */
  with(context: ErrorContext): BootlaceError {
    return new BootlaceError(this.code, this.message, { ...this.context, ...context }, { cause: this.cause });
  }
}

/** What a stop request is to the caller: the signal's own BootlaceError, or INTERRUPTED with the signal's reason as its cause. */
export const stopError = (reason: unknown): BootlaceError =>
  reason instanceof BootlaceError
    ? reason
    : new BootlaceError("INTERRUPTED", "stopped by request", {}, { cause: reason });

/** What JavaScript can make of one; arguments.ts is built on this file. */
function checkParts(code: unknown, message: unknown, context: unknown): void {
  const known = typeof code === "string" && Object.hasOwn(ERRORS, code);
  if (known && typeof message === "string" && typeof context === "object" && context !== null) return;
  throw new BootlaceError("USAGE", "an error is made of a code of ERRORS, a text and an object", {
    hint: "See the types of bootlace's functions.",
  });
}

/** A failed system call, as the addon and Node report it. Kept as `cause`, so errno is never lost. */
export interface SystemError extends Error {
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  /** The errno that other drivers have for what this one calls `code`. */
  readonly means?: string | undefined;
}

export const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && typeof (error as Partial<SystemError>).syscall === "string";

export const hex = (value: number, digits = 8): string =>
  `0x${value.toString(16).toUpperCase().padStart(digits, "0")}`;
