/**
 * The contract between the protocol and a bus: lists of steps. One suite (contract/) runs on every implementation.
 *
 * A step is one move on the bus. On I2C each write, read and each try of a poll is a transaction of its own,
 * START..STOP (AN4221 rev 14: the bootloader does not understand a repeated START). On UART it is bytes of the stream. On SPI it is bytes
 * that the host clocks; a poll there is AN4286's whole procedure, the host's own acknowledgement of the status included.
 */
import { checkArgument, oneOf, whole } from "../arguments.js";
import type { Traits } from "./traits.js";

export type Step = WriteStep | ReadStep | PollStep | DelayStep;

export interface WriteStep {
  readonly kind: "write";
  readonly bytes: Uint8Array;
}

/** Reads exactly `length` bytes. */
export interface ReadStep {
  readonly kind: "read";
  readonly length: number;
  /** Longest wait for the last byte (UART), longest clock stretch (I2C). Default 1000 ms. On SPI nobody waits: the host has the clock. */
  readonly timeoutMs?: number | undefined;
  /** SPI: goes on with what is being sent, so that no dummy byte comes first. */
  readonly continues?: true | undefined;
  /** SPI: what this reply always begins with. It tells whether this chip sends a dummy byte in front of its replies. */
  readonly begins?: number | undefined;
}

/** Reads single bytes while they equal `busy`; the list goes on when the next one is `accept` and stops otherwise. */
export interface PollStep {
  readonly kind: "poll";
  readonly accept: number;
  /** The byte that means "ask again". Without it the first byte decides. */
  readonly busy?: number | undefined;
  /** From the first try to the byte that decides. On I2C also the longest clock stretch that must be survived. */
  readonly timeoutMs: number;
  /** Wait before the first try, when the answer cannot be there earlier. Default 0. */
  readonly firstWaitMs?: number | undefined;
  /** Between two tries. Default 1 ms; a UART has no busy byte. */
  readonly intervalMs?: number | undefined;
}

export interface DelayStep {
  readonly kind: "delay";
  readonly ms: number;
}

export interface ExchangeOptions {
  /** Stops between two steps, never inside one; then the exchange rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What came of a list of steps that ran to its end. */
export interface Exchanged {
  /** The bytes of each read step, in order. */
  readonly reads: Uint8Array[];
  /** How often polls read their busy byte, all together: tells how well a first wait fits. */
  readonly busy: number;
}

/** No member is optional, so that nothing in front of a transport can forget one: see wrap.ts. */
export interface Transport {
  readonly traits: Traits;
  /** For messages: "/dev/i2c-1 address 0x56", "/dev/ttyS1 at 115200 baud 8E1", "sim:stm32g071". */
  readonly description: string;
  /** Of a UART, as it is now: `slowDown` lowers it. undefined where the host chooses no rate. */
  readonly baud: number | undefined;
  /**
   * Runs `steps` in order, with nothing of another caller between them, and stops at the first failure.
   * Calls made while another runs wait their turn. The list may change after the call.
   * @throws StepError naming the step that failed; steps after it were not run
   */
  exchange(steps: readonly Step[], options?: ExchangeOptions): Promise<Exchanged>;
  /** Throws away input that nobody asked for and waits until the line is quiet. Nothing to do where framing is "message". */
  discardInput(): Promise<void>;
  /** After a step failed as "too long": lowers `maxWrite` or `maxRead`. @returns false when nothing was refused, or at the least */
  shrinkFrames(): boolean;
  /** Where the host chooses the rate: goes on at the next lower one. @returns false when there is none; then it is back at the first */
  slowDown(): Promise<boolean>;
  /** Waits for the exchange in progress, then closes. Closing twice is not an error. */
  close(): Promise<void>;
}

const FAILURES = ["unexpected", "timeout", "too long", "system"] as const satisfies readonly StepFailure[];
const FAILURE = oneOf(...FAILURES);
const INDEX = whole(0, Number.MAX_SAFE_INTEGER);

export type StepFailure =
  /** A poll got a byte that is neither `accept` nor `busy`: it is in `reply`. */
  | "unexpected"
  /** Nothing came, or only busy bytes, until the step's deadline. */
  | "timeout"
  /** The adapter does not take a message of this length, and nothing of it was sent: `cause` has errno and syscall. */
  | "too long"
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
    checkArgument("index", INDEX, index);
    checkArgument("failure", FAILURE, failure);
    super(`step ${index} failed: ${failure}`, options);
  }
}

export const write = (bytes: Uint8Array): WriteStep => ({ kind: "write", bytes });
export const read = (length: number, timeoutMs?: number): ReadStep =>
  timeoutMs === undefined ? { kind: "read", length } : { kind: "read", length, timeoutMs };
export const delay = (ms: number): DelayStep => ({ kind: "delay", ms });
