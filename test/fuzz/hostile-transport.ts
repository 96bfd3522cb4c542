/**
 * A chip and a bus that answer what an input says. A write takes one byte of the input (what the bus says), a poll one for each
 * answer, a read one and then its data. Bytes from 0xF0 on are failures of the bus. At the input's end the adapter is gone, or the
 * chip is silent for ever.
 */
import { constants } from "node:os";
import { systemError } from "../../src/native/system-error.js";
import type { Traits } from "../../src/transport/traits.js";
import {
  StepError,
  type Exchanged,
  type PollStep,
  type Step,
  type Transport,
} from "../../src/transport/transport.js";
import { ForwardingTransport } from "../../src/transport/wrap.js";

const ERRNOS = [
  constants.errno.ENXIO,
  121, // EREMOTEIO
  constants.errno.EIO,
  constants.errno.ETIMEDOUT,
  constants.errno.EAGAIN,
  constants.errno.EOPNOTSUPP,
  constants.errno.EPERM,
  constants.errno.EPROTO,
] as const;
const FIRST_FAILURE = 0xf0;
const TIMEOUT = 0xff;

/** Steps after which a job is taken to go on for ever. A dead bus costs hundreds, a job of many retries some ten thousand. */
const MOST_STEPS = 300_000;

export class EndlessJob extends Error {}

export class HostileTransport implements Transport {
  readonly description = "hostile";
  readonly baud = undefined;
  steps = 0;
  #at = 0;

  constructor(
    readonly traits: Traits,
    readonly input: Uint8Array,
    /** What comes after the input's end. */
    readonly silentAtEnd: boolean,
  ) {}

  exchange(steps: readonly Step[]): Promise<Exchanged> {
    const reads: Uint8Array[] = [];
    for (const [index, step] of steps.entries()) {
      if (++this.steps > MOST_STEPS) return Promise.reject(new EndlessJob(`more than ${MOST_STEPS} steps`));
      try {
        const bytes = this.#step(step);
        if (bytes) reads.push(bytes);
      } catch (error) {
        const { failure, reply, cause } = error as Failure;
        return Promise.reject(new StepError(index, failure, reply, { cause }));
      }
    }
    return Promise.resolve({ reads, busy: 0 });
  }

  shrinkFrames(): boolean {
    return false;
  }
  slowDown(): Promise<boolean> {
    return Promise.resolve(false);
  }
  discardInput(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }

  #step(step: Step): Uint8Array | undefined {
    if (step.kind === "delay") return undefined;
    if (step.kind === "poll") this.#poll(step);
    else if (step.kind === "write") this.#next();
    else return this.#read(step.length);
    return undefined;
  }

  #poll({ accept, busy }: PollStep): void {
    for (;;) {
      const byte = this.#next();
      if (byte === accept) return;
      if (byte !== busy) throw new Failure("unexpected", byte);
    }
  }

  #read(length: number): Uint8Array {
    this.#next();
    const bytes = new Uint8Array(length);
    bytes.set(this.input.subarray(this.#at, this.#at + length));
    this.#at += length;
    return bytes;
  }

  #next(): number {
    const byte = this.input[this.#at++];
    if (byte === undefined) throw this.silentAtEnd ? this.#silence() : system(constants.errno.ENODEV);
    if (byte === TIMEOUT) throw new Failure("timeout");
    if (byte >= FIRST_FAILURE) throw system(ERRNOS[byte - FIRST_FAILURE] ?? constants.errno.EIO);
    return byte;
  }

  #silence(): Failure {
    return this.traits.framing === "byte" ? new Failure("timeout") : system(constants.errno.ENXIO);
  }
}

class Failure extends Error {
  constructor(
    readonly failure: StepError["failure"],
    readonly reply?: number,
    cause?: Error,
  ) {
    super(failure, { cause });
  }
}

const system = (errno: number): Failure => new Failure("system", undefined, systemError(errno, "hostile"));

/** A way to a good chip that writes down what it answers, as an input for the above. */
export class RecordingTransport extends ForwardingTransport {
  readonly input: number[] = [];

  /** Step by step, which changes nothing for the chip. */
  override async exchange(steps: readonly Step[]): Promise<Exchanged> {
    const reads: Uint8Array[] = [];
    let busy = 0;
    for (const [index, step] of steps.entries()) {
      try {
        const one = await this.inner.exchange([step]);
        this.#note(step, one.reads[0]);
        reads.push(...one.reads);
        busy += one.busy;
      } catch (error) {
        if (!(error instanceof StepError)) throw error;
        this.input.push(error.reply ?? TIMEOUT);
        throw new StepError(index, error.failure, error.reply, { cause: error.cause });
      }
    }
    return { reads, busy };
  }

  #note(step: Step, bytes: Uint8Array | undefined): void {
    if (step.kind === "poll") this.input.push(step.accept);
    else if (step.kind !== "delay") this.input.push(0, ...(bytes ?? []));
  }
}
