/**
 * The contract between the protocol and a bus: lists of steps. One suite (test/contract) runs on every implementation.
 *
 * A step is one move on the bus. On I2C each write, read and each try of a poll is a transaction of its own,
 * START..STOP (AN4221 rev 14: the bootloader does not understand a repeated START). On UART it is bytes of the stream.
 */
export type Step = WriteStep | ReadStep | PollStep | DelayStep;

export interface WriteStep {
  readonly kind: "write";
  readonly bytes: Uint8Array;
}

/** Reads exactly `length` bytes. */
export interface ReadStep {
  readonly kind: "read";
  readonly length: number;
  /** Longest wait for the last byte (UART), longest clock stretch (I2C). Default 1000 ms. */
  readonly timeoutMs?: number;
}

/** Reads single bytes while they equal `busy`; the list goes on when the next one is `accept` and stops otherwise. */
export interface PollStep {
  readonly kind: "poll";
  readonly accept: number;
  /** The byte that means "ask again". Without it the first byte decides. */
  readonly busy?: number;
  /** From the first try to the byte that decides. On I2C also the longest clock stretch that must be survived. */
  readonly timeoutMs: number;
  /** Wait before the first try, when the answer cannot be there earlier. Default 0. */
  readonly firstWaitMs?: number;
  /** Between two tries. Default 1 ms; I2C only, a UART has no busy byte. */
  readonly intervalMs?: number;
}

export interface DelayStep {
  readonly kind: "delay";
  readonly ms: number;
}

/** What differs between buses, stated once. The protocol reads this and never asks which bus it is. */
export interface Traits {
  /** "message": the reader must know the length beforehand (I2C). "byte": it may read on (UART). */
  readonly framing: "message" | "byte";
  /** "address": being addressed is enough (I2C). "autobaud": a 0x7F has to be sent first (UART). */
  readonly opening: "address" | "autobaud";
  /** Get Version answers 3 bytes on UART, 1 on I2C (AN3155 and AN4221, Get Version). */
  readonly versionReplyBytes: 1 | 3;
  /** I2C sends the count of Erase and Write Protect as a frame of its own with its own checksum; UART sends one frame. */
  readonly countIsFrame: boolean;
  /** Get Checksum: UART counts 32-bit words and carries polynomial and initial value, I2C counts bytes and carries neither. */
  readonly checksumForm: "bytes" | "words-and-polynomial";
  /** Most bytes of one write step and of one read step, checksum included. Largest the protocol has: 258 and 256 (Erase lists may be longer on UART). */
  readonly maxWrite: number;
  readonly maxRead: number;
  /** Time on the wire of one byte in microseconds where the rate is known: for planning and progress, not for deadlines. */
  readonly byteTimeUs?: number;
}

export interface ExchangeOptions {
  /** Stops between two steps, never inside one; then the exchange rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface Transport {
  readonly traits: Traits;
  /** For messages: "/dev/i2c-1 address 0x56", "/dev/ttyS1 at 115200 baud 8E1", "sim:stm32g071". */
  readonly description: string;
  /** Bytes that polls have read so far, busy ones included: tells how well a first wait fits. Absent where nobody counts. */
  readonly statusReads?: number;
  /**
   * Runs `steps` in order, with nothing of another caller between them, and stops at the first failure.
   * Calls made while another runs wait their turn. The list may change after the call.
   * @returns the bytes of each read step, in order
   * @throws StepError naming the step that failed; steps after it were not run
   */
  exchange(steps: readonly Step[], options?: ExchangeOptions): Promise<Uint8Array[]>;
  /** Throws away input that nobody asked for and waits until the line is quiet. Nothing to do where framing is "message". */
  discardInput(): Promise<void>;
  /** After an adapter refused a message as too long: lowers `maxWrite` and `maxRead`. @returns false when they are at their least */
  shrinkFrames?(): boolean;
  /** UART only: another rate from now on, for a chip that did not understand the last one. @throws BootlaceError ADAPTER_LIMIT */
  setBaud?(baud: number): Promise<void>;
  /** Where the host chooses the rate: goes on at the next lower one. @returns false when there is none; then it is back at the first */
  slowDown?(): Promise<boolean>;
  /** Waits for the exchange in progress, then closes. Closing twice is not an error. */
  close(): Promise<void>;
}

export type StepFailure =
  /** A poll got a byte that is neither `accept` nor `busy`: it is in `reply`. */
  | "unexpected"
  /** Nothing came, or only busy bytes, until the step's deadline. */
  | "timeout"
  /** The system call failed: `cause` has errno and syscall. */
  | "system";

/** Step number `index` failed. `reply` is the last byte that came, if any. */
export class StepError extends Error {
  static {
    this.prototype.name = "StepError";
  }

  constructor(
    readonly index: number,
    readonly failure: StepFailure,
    readonly reply: number | undefined,
    options?: ErrorOptions,
  ) {
    super(`step ${index} failed: ${failure}`, options);
  }
}

export const write = (bytes: Uint8Array): WriteStep => ({ kind: "write", bytes });
export const read = (length: number, timeoutMs?: number): ReadStep =>
  timeoutMs === undefined ? { kind: "read", length } : { kind: "read", length, timeoutMs };
export const delay = (ms: number): DelayStep => ({ kind: "delay", ms });
