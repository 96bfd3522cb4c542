/**
 * A transport that counts the steps of a session and does something to some of them. Lists without an appointed step go
 * through whole; a list with one is cut there, so that the step can be left out, done half, done and denied, or changed.
 */
import { constants } from "node:os";
import { systemError } from "../../src/native/system-error.js";
import type { SimTransport } from "../../src/transport/sim/sim.js";
import { StepError, type Exchanged, type ExchangeOptions, type Step } from "../../src/transport/transport.js";
import { ForwardingTransport } from "../../src/transport/wrap.js";
import type { Random } from "../fuzz/random.js";

export type Errno = "ENXIO" | "EREMOTEIO" | "EIO" | "ETIMEDOUT" | "EAGAIN" | "ENODEV";

// os.constants lacks EREMOTEIO on Node 20; 121 on Linux.
const NUMBER: Readonly<Record<Errno, number>> = {
  ...(constants.errno as unknown as Record<Errno, number>),
  EREMOTEIO: 121,
};

/** Thrown by an act: the step fails with this. The transport adds which step it was. */
export class Failed extends Error {
  constructor(
    readonly failure: StepError["failure"],
    readonly reply?: number,
    cause?: Error,
  ) {
    super(failure, { cause });
  }
}

export const systemFailure = (name: Errno): Failed =>
  new Failed("system", undefined, systemError(NUMBER[name], "ioctl(I2C_RDWR)"));

/** The moment of a fault: the step, and the means to do it, half of it, or something else. */
export interface Hit {
  readonly step: Step;
  readonly inner: SimTransport;
  readonly random: Random;
  /** The bits that were flipped in replies so far. */
  readonly flips: Set<string>;
  /** Runs steps of the act's own choice on the bus; what they throw is a StepError. */
  run(...steps: readonly Step[]): Promise<Uint8Array[]>;
  /** From now on every step fails like this. */
  die(name: Errno): void;
  /** There was nothing here for this fault to happen to. */
  miss(): void;
}

/** @returns the bytes of a read step; nothing for the others */
export type Act = (hit: Hit) => Promise<Uint8Array | undefined>;

/** An appointed fault: at the first step from number `at` on that `wants` it. */
export interface Appointment {
  readonly at: number;
  readonly wants: (step: Step) => boolean;
  readonly act: Act;
}

const firstOnTheBus = (steps: readonly Step[], from: number): number => {
  const index = steps.findIndex(({ kind }, at) => at >= from && kind !== "delay");
  return index < 0 ? steps.length : index;
};

export class FaultyTransport extends ForwardingTransport {
  /** Steps so far, and what they were: filled when recording. */
  count = 0;
  readonly seen: Step[] | undefined;
  /** Appointments that were kept. */
  struck = 0;
  readonly #waiting: Appointment[];
  readonly #flips = new Set<string>();
  #dead: Errno | undefined;

  constructor(
    override readonly inner: SimTransport,
    appointments: readonly Appointment[],
    readonly random: Random,
    recording = false,
  ) {
    super(inner);
    this.#waiting = [...appointments];
    if (recording) this.seen = [];
  }

  override async exchange(steps: readonly Step[], options?: ExchangeOptions): Promise<Exchanged> {
    const reads: Uint8Array[] = [];
    let busy = 0;
    let from = 0;
    while (from < steps.length) {
      const to = this.#firstHit(steps, from);
      if (to > from) {
        const part = await this.#through(steps, from, to, options);
        reads.push(...part.reads);
        busy += part.busy;
      }
      if (to < steps.length) {
        const bytes = await this.#strike(steps[to]!, to);
        if (bytes) reads.push(bytes);
        from = to + 1;
      } else from = to;
    }
    return { reads, busy };
  }

  /** Index of the first step from `from` on that something is to happen to; the length of the list if there is none. */
  #firstHit(steps: readonly Step[], from: number): number {
    if (this.#dead) return firstOnTheBus(steps, from);
    if (this.#waiting.length === 0) return steps.length;
    for (let index = from; index < steps.length; index++) {
      const number = this.count + index - from;
      if (this.#waiting.some(({ at, wants }) => at <= number && wants(steps[index]!))) return index;
    }
    return steps.length;
  }

  async #through(
    steps: readonly Step[],
    from: number,
    to: number,
    options?: ExchangeOptions,
  ): Promise<Exchanged> {
    const part = from === 0 && to === steps.length ? steps : steps.slice(from, to);
    try {
      const exchanged = await this.inner.exchange(part, options);
      this.#counted(part);
      return exchanged;
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      this.#counted(part.slice(0, error.index + 1));
      throw new StepError(from + error.index, error.failure, error.reply, { cause: error.cause });
    }
  }

  #counted(steps: readonly Step[]): void {
    this.count += steps.length;
    this.seen?.push(...steps);
  }

  async #strike(step: Step, index: number): Promise<Uint8Array | undefined> {
    const which = this.#waiting.findIndex(({ at, wants }) => at <= this.count && wants(step));
    this.#counted([step]);
    try {
      if (this.#dead) throw systemFailure(this.#dead);
      this.struck++;
      const [appointment] = this.#waiting.splice(which, 1);
      return await appointment!.act(this.#hit(step));
    } catch (error) {
      if (error instanceof Failed)
        throw new StepError(index, error.failure, error.reply, { cause: error.cause });
      if (!(error instanceof StepError)) throw error;
      throw new StepError(index, error.failure, error.reply, { cause: error.cause });
    }
  }

  #hit(step: Step): Hit {
    return {
      step,
      inner: this.inner,
      random: this.random,
      flips: this.#flips,
      run: async (...steps) => (await this.inner.exchange(steps)).reads,
      die: (name) => {
        this.#dead = name;
      },
      miss: () => {
        this.struck--;
      },
    };
  }

  override async discardInput(): Promise<void> {
    if (!this.#dead) await this.inner.discardInput();
  }
}
