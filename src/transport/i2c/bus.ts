/**
 * One open /dev/i2c-N: combined transactions, lists of steps, settings and locks. Needs Linux, but no sysfs; where that names the
 * adapter's driver, messages longer than the driver's known limit are refused before anything is sent.
 */
import { resolve } from "node:path";
import { checkArgument, checkTable, FLAG, OBJECT, PATH, SIGNAL, type Table, whole } from "../../arguments.js";
import { BootlaceError, isSystemError } from "../../errors.js";
import { binding, LOCK_OWNER, RUN_FLAG } from "../../native/binding.js";
import type { I2cHandle, LockQuery, LockResult, NativeBinding, RunResult } from "../../native/binding.js";
import { checkLengths, driverLimits } from "./limits.js";
import type { MessageLimits } from "./limits.js";
import { encodeMessages, messageLength, splitMessageReads } from "./messages.js";
import type { I2cMessage } from "./messages.js";
import { encodeSteps, longestTimeoutMs, stepLength } from "./program.js";
import { checkExchange } from "../arguments.js";
import type { Step } from "../transport.js";
import { Turns } from "../turns.js";

/** The kernel's own limit for one transfer, before anybody sets another: drivers/i2c/i2c-core-base.c, `adap->timeout = HZ`. */
const KERNEL_TIMEOUT_MS = 1000;

/** What all open buses of one path share in this process: whose turn it is, and the adapter's time-out as far as we set it. */
interface Shared {
  readonly turns: Turns;
  timeoutMs: number;
}
const sharedByPath = new Map<string, Shared>();

const sharedOf = (path: string): Shared => {
  const key = resolve(path);
  let shared = sharedByPath.get(key);
  if (shared === undefined)
    sharedByPath.set(key, (shared = { turns: new Turns(), timeoutMs: KERNEL_TIMEOUT_MS }));
  return shared;
};

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** A write and the read after it as one I2C_RDWR with a STOP between. Adapters with PROTOCOL_MANGLING only. */
  readonly combine?: boolean;
}

const RUN: Table<RunOptions> = { signal: SIGNAL, combine: FLAG };
const SEVEN_BITS = whole(0, 0x7f);
const RETRIES = whole(0, 0xffff_ffff);
/** Of a byte of the device file that is locked. */
const OFFSET = whole(0, Number.MAX_SAFE_INTEGER - 1);

/** Sums over the life of the bus object, for benchmarks and tests that count instead of timing. */
export interface I2cCounters {
  /** Lists of steps, messages, bytes in them (without addresses), tries of polls. */
  lists: number;
  frames: number;
  bytes: number;
  tries: number;
}

/** The addon, on Linux. @throws BootlaceError UNSUPPORTED_PLATFORM, ADDON_MISSING */
const linuxBinding = (): NativeBinding => {
  if (process.platform === "linux") return binding();
  throw new BootlaceError("UNSUPPORTED_PLATFORM", `i2c-dev is not available on ${process.platform}`);
};

export class I2cBus {
  readonly counters: I2cCounters = { lists: 0, frames: 0, bytes: 0, tries: 0 };
  /** Longest messages that the adapter's driver takes; Infinity where none is known. */
  readonly limits: MessageLimits;
  readonly #native: NativeBinding;
  readonly #handle: I2cHandle;
  readonly #shared: Shared;
  #own: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  private constructor(
    readonly path: string,
    /** Bits of I2C_FUNC. */
    readonly functionality: number,
    native: NativeBinding,
    handle: I2cHandle,
  ) {
    this.limits = driverLimits(path);
    this.#native = native;
    this.#handle = handle;
    this.#shared = sharedOf(path);
  }

  /**
   * Opens the bus and asks what its adapter can do. Sends nothing and locks nothing.
   * @throws SystemError ENOENT, EACCES, ...; ENOTTY from ioctl(I2C_FUNCS) when the path is not an I2C bus
   */
  static async open(path: string, native: NativeBinding = linuxBinding()): Promise<I2cBus> {
    checkArgument("path", PATH, path);
    checkArgument("native", OBJECT, native);
    const handle = await native.i2cOpen(path);
    try {
      return new I2cBus(path, await native.i2cFunctionality(handle), native, handle);
    } catch (error) {
      native.close(handle);
      throw error;
    }
  }

  /**
   * Any combined transaction that i2c-dev allows, as one I2C_RDWR: 1 to 42 messages of at most 8192 bytes.
   * @returns the bytes of each reading message, in order
   * @throws SystemError as the adapter's driver reports it; BootlaceError USAGE for what i2c-dev does not take,
   *   ADAPTER_LIMIT for messages that the driver is known not to take
   */
  async transfer(messages: readonly I2cMessage[]): Promise<Uint8Array[]> {
    const packed = encodeMessages(messages);
    checkLengths(this.limits, messages, messageLength);
    const reads = await this.#inTurn(() => this.#native.i2cTransfer(this.#handle, packed));
    return splitMessageReads(messages, reads);
  }

  /**
   * Runs a list of steps on a thread, with nothing of another user of this path in this process between them.
   * An abort stops it between two steps or two tries of a poll.
   * @throws the signal's reason when it was aborted before its turn came; BootlaceError ADAPTER_LIMIT, nothing sent, for a
   *   message that the driver is known not to take
   */
  async run(address: number, steps: readonly Step[], options: RunOptions = {}): Promise<RunResult> {
    checkArgument("address", SEVEN_BITS, address);
    checkTable(RUN, options);
    checkExchange(steps, {});
    const { signal, combine = false } = options;
    const program = encodeSteps(steps);
    checkLengths(this.limits, steps, stepLength);
    return this.#inTurn(async () => {
      const raised = this.#raiseTimeout(longestTimeoutMs(steps)); // on the same thread, so before the list
      raised.catch(() => undefined); // told when the list is over
      const abort = (): void => this.#native.i2cAbort(this.#handle);
      const running = this.#native.i2cRun(this.#handle, address, program, combine ? RUN_FLAG.combine : 0);
      signal?.addEventListener("abort", abort, { once: true });
      if (signal?.aborted === true) abort();
      try {
        const result = await running;
        await raised;
        return this.#counted(result);
      } finally {
        signal?.removeEventListener("abort", abort);
      }
    }, signal);
  }

  /** I2C_RETRIES: how often the adapter starts again after lost arbitration. Stays with the adapter after close. */
  async setRetries(retries: number): Promise<void> {
    checkArgument("retries", RETRIES, retries);
    return this.#inTurn(() => this.#native.i2cSetRetries(this.#handle, retries));
  }

  /**
   * Takes the byte at `offset` of the device file, for this bus object: two of them exclude each other, in one process or in two.
   * Falls with close or with the process. Never waits.
   */
  lock(offset: number): LockResult {
    checkArgument("offset", OFFSET, offset);
    return this.#native.lockTake(this.#handle, offset, 1, LOCK_OWNER.openFile);
  }

  /** Whether somebody else holds the byte at `offset`. */
  lockHolder(offset: number): LockQuery {
    checkArgument("offset", OFFSET, offset);
    return this.#native.lockQuery(this.#handle, offset, 1);
  }

  unlock(offset: number): void {
    checkArgument("offset", OFFSET, offset);
    this.#native.lockRelease(this.#handle, offset, 1, LOCK_OWNER.openFile);
  }

  /** Waits for what was started on this object, then closes. Closing twice is fine. */
  close(): Promise<void> {
    this.#closed ??= this.#own.then(() => this.#native.close(this.#handle));
    return this.#closed;
  }

  async #inTurn<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#closed !== undefined) throw new Error(`${this.path} is closed`);
    const result = this.#shared.turns.take(work, signal);
    this.#own = Promise.allSettled([this.#own, result]);
    return result;
  }

  /**
   * I2C_TIMEOUT belongs to the adapter and cannot be read back. So it is touched only when a list needs more than the kernel's
   * default or than what we set before, and never lowered.
   */
  async #raiseTimeout(timeoutMs: number): Promise<void> {
    if (timeoutMs <= this.#shared.timeoutMs) return;
    const tensOfMs = Math.min(Math.ceil(timeoutMs / 10), 0xffff_ffff);
    this.#shared.timeoutMs = timeoutMs; // also when it fails: it would fail the next time too
    try {
      await this.#native.i2cSetTimeout(this.#handle, tensOfMs);
    } catch (error) {
      // Not offered, or more than the kernel takes: the transfers go on under the limit that there is.
      if (isSystemError(error) && (error.code === "ENOTTY" || error.code === "EINVAL")) return;
      throw error;
    }
  }

  #counted(result: RunResult): RunResult {
    this.counters.lists += 1;
    this.counters.frames += result.frames;
    this.counters.bytes += result.bytes;
    this.counters.tries += result.tries;
    return result;
  }
}
