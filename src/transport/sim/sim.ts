/**
 * A simulated chip as a transport, in this process: `sim:stm32g071?bus=uart`.
 * Time is simulated: it moves by what the bytes take on the wire, by clock stretches and by delay steps, and costs nothing.
 * With `realtime` the transport waits until the real clock has caught up.
 */
import type { SimulatedChip } from "../../simulator/chip.js";
import { VirtualClock } from "../../simulator/clock.js";
import type { AdapterFault } from "../../simulator/fault-words.js";
import type { ChipOptions } from "../../simulator/options.js";
import { simulate } from "../../simulator/spec.js";
import { simError } from "./sim-error.js";
import { WireFailure } from "./wire-failure.js";
import { simWire } from "./wire.js";
import type { SimLink, SimWire } from "./sim-link.js";
import { checkExchange } from "../arguments.js";
import { parseTarget } from "../target.js";
import type { SimTarget } from "../target.js";
import { StepError } from "../transport.js";
import type { Traits } from "../traits.js";
import type { Exchanged, ExchangeOptions, Step, Transport } from "../transport.js";
import { Turns } from "../turns.js";
import { monotonicMs } from "../../monotonic.js";
import { onNextTurn } from "../../next-turn.js";

/**
 * @param target "sim:stm32g071?flash=64", or what parseTarget made of it
 * @param extra on top of what the target says, for tests: faults, timings, quirks
 * @throws BootlaceError USAGE, UNKNOWN_CHIP, FILE_FAILED, IMAGE_INVALID
 */
export const openSim = async (
  target: string | SimTarget,
  extra: Partial<ChipOptions> = {},
): Promise<SimTransport> => {
  const { chip: name, options } = typeof target === "string" ? parseSim(target) : target;
  const clock = new VirtualClock();
  const simulated = await simulate(name, options, clock, extra);
  const parity = simulated.facts.uart?.parity ?? "even";
  return new SimTransport({ ...simulated, clock, parity, description: `sim:${name}` });
};

const parseSim = (text: string): SimTarget =>
  parseTarget(text.startsWith("sim:") ? text : `sim:${text}`) as SimTarget;

/** Events of other callers get their turn at least this often, in ms of real time. */
const TURN_MS = 5;
/** Real time that simulated time may be ahead before it is worth a sleep. */
const AHEAD_MS = 1;

export class SimTransport implements Transport {
  readonly description: string;
  readonly chip: SimulatedChip;
  readonly clock: VirtualClock;
  readonly #wire: SimWire;
  readonly #turns = new Turns();
  readonly #realStartMs: number | undefined;
  readonly #adapterFault: AdapterFault | undefined;
  #steps = 0;
  #lastTurnMs = monotonicMs();
  #closed = false;

  constructor(link: SimLink) {
    this.description = link.description;
    this.chip = link.chip;
    this.clock = link.clock;
    this.#wire = simWire(link);
    this.#adapterFault = link.adapterFault;
    if (link.realtime) this.#realStartMs = monotonicMs() - link.clock.now();
  }

  get traits(): Traits {
    return this.#wire.traits;
  }

  get baud(): number | undefined {
    return this.#wire.baud;
  }

  async exchange(steps: readonly Step[], options: ExchangeOptions = {}): Promise<Exchanged> {
    checkExchange(steps, options);
    const own = [...steps];
    return this.#turns.take(() => this.#run(own, options.signal), options.signal);
  }

  async discardInput(): Promise<void> {
    await this.#turns.take(() => {
      this.#wire.discard();
      return Promise.resolve();
    });
  }

  /** No adapter is in the way. */
  shrinkFrames(): boolean {
    return false;
  }

  /** The simulated chip measures any rate rightly. */
  slowDown(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async close(): Promise<void> {
    await this.#turns.take(() => {
      if (!this.#closed) this.chip.close();
      this.#closed = true;
      return Promise.resolve();
    });
  }

  async #run(steps: readonly Step[], signal: AbortSignal | undefined): Promise<Exchanged> {
    if (this.#closed) throw new StepError(0, "system", undefined, { cause: simError("EBADF") });
    this.#catchUpWithReality();
    const limitMs = steps.reduce((most, step) => Math.max(most, timeoutOf(step)), DEFAULT_TIMEOUT_MS);
    const reads: Uint8Array[] = [];
    let busy = 0;
    for (const [index, step] of steps.entries()) {
      signal?.throwIfAborted();
      busy += this.#step(step, index, { limitMs, reads });
      const pause = this.#pace();
      if (pause) await pause;
    }
    return { reads, busy };
  }

  /** @returns how often BUSY was the answer */
  #step(step: Step, index: number, { limitMs, reads }: { limitMs: number; reads: Uint8Array[] }): number {
    if (step.kind !== "delay") this.#adapter(index);
    try {
      if (step.kind === "write") this.#wire.write(step.bytes, limitMs);
      else if (step.kind === "read") reads.push(this.#wire.read(step, timeoutOf(step)));
      else if (step.kind === "poll") return this.#wire.poll(step, step.timeoutMs);
      else this.clock.advance(step.ms);
      return 0;
    } catch (error) {
      if (!(error instanceof WireFailure)) throw error;
      throw new StepError(index, error.failure, error.reply, { cause: error.cause });
    }
  }

  /** @throws StepError when the modelled adapter is to fail */
  #adapter(index: number): void {
    const fault = this.#adapterFault;
    if (fault === undefined || this.#steps++ < fault.step) return;
    const failure = fault.code === "EOPNOTSUPP" ? "too long" : "system";
    throw new StepError(index, failure, undefined, { cause: simError(fault.code) });
  }

  /** A bus that stood still while nobody used it. */
  #catchUpWithReality(): void {
    if (this.#realStartMs !== undefined) this.clock.advanceTo(monotonicMs() - this.#realStartMs);
  }

  /** @returns what to wait for, if anything */
  #pace(): Promise<unknown> | undefined {
    const now = monotonicMs();
    const aheadMs = this.#realStartMs === undefined ? 0 : this.clock.now() - (now - this.#realStartMs);
    if (aheadMs < AHEAD_MS && now - this.#lastTurnMs < TURN_MS) return undefined;
    this.#lastTurnMs = now + Math.max(0, aheadMs);
    return aheadMs >= AHEAD_MS ? sleep(aheadMs) : nextTurn();
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => onNextTurn(resolve));
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Of a read step that names none (transport.ts). */
const DEFAULT_TIMEOUT_MS = 1000;

const timeoutOf = (step: Step): number =>
  "timeoutMs" in step ? (step.timeoutMs ?? DEFAULT_TIMEOUT_MS) : DEFAULT_TIMEOUT_MS;
