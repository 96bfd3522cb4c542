/**
 * A simulated chip as a transport, in this process: `sim:stm32g071?bus=uart`.
 * Time is simulated: it moves by what the bytes take on the wire, by clock stretches and by delay steps, and costs nothing.
 * With `realtime` the transport waits until the real clock has caught up.
 */
import { constants } from "node:os";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { systemError } from "../native/system-error.js";
import type { I2cAnswer, SimulatedChip } from "../simulator/chip.js";
import { VirtualClock } from "../simulator/clock.js";
import type { ChipOptions } from "../simulator/options.js";
import { simulate } from "../simulator/spec.js";
import { i2cAddressMs, i2cFrameMs, uartCharacterMs } from "../simulator/wire.js";
import { parseTarget } from "./target.js";
import type { SimTarget } from "./target.js";
import { StepError } from "./transport.js";
import type { ExchangeOptions, PollStep, Step, Traits, Transport } from "./transport.js";
import { Turns } from "./turns.js";

export interface SimLink {
  readonly chip: SimulatedChip;
  /** The chip's own clock. */
  readonly clock: VirtualClock;
  readonly bus: "i2c" | "uart";
  /** 7-bit; I2C only. */
  readonly address?: number;
  /** Hz on I2C (default 400 000), baud on UART (default 115 200). */
  readonly clockHz?: number;
  /** Even on all chips but WB0 and WL3. */
  readonly parity?: "even" | "none";
  /** What the modelled adapter survives, whatever time-out it is set to; default: it obeys. */
  readonly stretchLimitMs?: number | undefined;
  readonly realtime?: boolean;
  readonly description: string;
}

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

/** Carries out single steps; knows the bus and the simulated time, not the real one. */
interface Wire {
  readonly traits: Traits;
  write(bytes: Uint8Array, limitMs: number): void;
  read(length: number, limitMs: number): Uint8Array;
  poll(step: PollStep, limitMs: number): void;
  discard(): void;
}

/** What went wrong in a step; the transport adds which step it was. */
class WireFailure extends Error {
  constructor(
    readonly failure: StepError["failure"],
    readonly reply?: number,
    cause?: Error,
  ) {
    super(failure, { cause });
  }
}

export class SimTransport implements Transport {
  readonly description: string;
  readonly chip: SimulatedChip;
  readonly clock: VirtualClock;
  readonly #wire: Wire;
  readonly #turns = new Turns();
  readonly #realStartMs: number | undefined;
  #lastTurnMs = performance.now();
  #closed = false;

  constructor(link: SimLink) {
    this.description = link.description;
    this.chip = link.chip;
    this.clock = link.clock;
    this.#wire = link.bus === "i2c" ? new I2cWire(link) : new UartWire(link);
    if (link.realtime) this.#realStartMs = performance.now() - link.clock.now();
  }

  get traits(): Traits {
    return this.#wire.traits;
  }

  async exchange(steps: readonly Step[], options: ExchangeOptions = {}): Promise<Uint8Array[]> {
    const own = [...steps];
    return this.#turns.take(() => this.#run(own, options.signal), options.signal);
  }

  async discardInput(): Promise<void> {
    await this.#turns.take(() => {
      this.#wire.discard();
      return Promise.resolve();
    });
  }

  async close(): Promise<void> {
    await this.#turns.take(() => {
      if (!this.#closed) this.chip.close();
      this.#closed = true;
      return Promise.resolve();
    });
  }

  async #run(steps: readonly Step[], signal: AbortSignal | undefined): Promise<Uint8Array[]> {
    if (this.#closed)
      throw new StepError(0, "system", undefined, { cause: systemError(constants.errno.EBADF, "sim") });
    this.#catchUpWithReality();
    const limitMs = steps.reduce((most, step) => Math.max(most, timeoutOf(step)), DEFAULT_TIMEOUT_MS);
    const reads: Uint8Array[] = [];
    for (const [index, step] of steps.entries()) {
      signal?.throwIfAborted();
      this.#step(step, index, limitMs, reads);
      const pause = this.#pace();
      if (pause) await pause;
    }
    return reads;
  }

  #step(step: Step, index: number, limitMs: number, reads: Uint8Array[]): void {
    try {
      if (step.kind === "write") this.#wire.write(step.bytes, limitMs);
      else if (step.kind === "read") reads.push(this.#wire.read(step.length, timeoutOf(step)));
      else if (step.kind === "poll") this.#wire.poll(step, step.timeoutMs);
      else this.clock.advance(step.ms);
    } catch (error) {
      if (!(error instanceof WireFailure)) throw error;
      throw new StepError(index, error.failure, error.reply, { cause: error.cause });
    }
  }

  /** A bus that stood still while nobody used it. */
  #catchUpWithReality(): void {
    if (this.#realStartMs !== undefined) this.clock.advanceTo(performance.now() - this.#realStartMs);
  }

  /** @returns what to wait for, if anything */
  #pace(): Promise<unknown> | undefined {
    const now = performance.now();
    const aheadMs = this.#realStartMs === undefined ? 0 : this.clock.now() - (now - this.#realStartMs);
    if (aheadMs < AHEAD_MS && now - this.#lastTurnMs < TURN_MS) return undefined;
    this.#lastTurnMs = now + Math.max(0, aheadMs);
    return aheadMs >= AHEAD_MS ? sleep(aheadMs) : nextTurn();
  }
}

/** Of a read step that names none (transport.ts). */
const DEFAULT_TIMEOUT_MS = 1000;

const timeoutOf = (step: Step): number =>
  "timeoutMs" in step ? (step.timeoutMs ?? DEFAULT_TIMEOUT_MS) : DEFAULT_TIMEOUT_MS;

const failed = (errno: number, reply?: number): WireFailure =>
  new WireFailure("system", reply, systemError(errno, "sim"));

class I2cWire implements Wire {
  readonly traits: Traits;
  readonly #chip: SimulatedChip;
  readonly #clock: VirtualClock;
  readonly #address: number;
  readonly #clockHz: number;
  readonly #stretchLimitMs: number;

  constructor({ chip, clock, address = 0, clockHz = 400_000, stretchLimitMs = Infinity }: SimLink) {
    this.#chip = chip;
    this.#clock = clock;
    this.#address = address;
    this.#clockHz = clockHz;
    this.#stretchLimitMs = stretchLimitMs;
    this.traits = {
      framing: "message",
      opening: "address",
      versionReplyBytes: 1,
      countIsFrame: true,
      checksumForm: "bytes",
      maxWrite: 258,
      maxRead: 256,
      byteTimeUs: 9_000_000 / clockHz,
    };
  }

  write(bytes: Uint8Array, limitMs: number): void {
    this.#clock.advance(i2cFrameMs(bytes.length, this.#clockHz));
    const answer = this.#chip.i2cWrite(this.#address, bytes);
    this.#survive(answer, limitMs);
  }

  read(length: number, limitMs: number): Uint8Array {
    const addressMs = i2cAddressMs(this.#clockHz);
    this.#clock.advance(addressMs);
    const answer = this.#chip.i2cRead(this.#address, length);
    this.#survive(answer, limitMs);
    this.#clock.advance(i2cFrameMs(length, this.#clockHz) - addressMs);
    return answer.kind === "done" ? answer.bytes! : new Uint8Array(length).fill(0xff);
  }

  poll({ accept, busy, firstWaitMs = 0, intervalMs = 1 }: PollStep, timeoutMs: number): void {
    this.#clock.advance(firstWaitMs);
    const deadlineMs = this.#clock.now() + timeoutMs;
    for (;;) {
      const [byte] = this.read(1, timeoutMs);
      if (byte === accept) return;
      if (byte !== busy) throw new WireFailure("unexpected", byte);
      if (this.#clock.now() + intervalMs > deadlineMs) throw new WireFailure("timeout", byte);
      this.#clock.advance(intervalMs);
    }
  }

  discard(): void {
    // A message that nobody reads is never sent.
  }

  /** @throws WireFailure when nobody acknowledged, the clock was held too long, or the chip let go of it in the middle of a write */
  #survive(answer: I2cAnswer, timeoutMs: number): void {
    if (answer.kind === "nack") throw failed(constants.errno.ENXIO);
    const limitMs = Math.min(timeoutMs, this.#stretchLimitMs);
    if (answer.stretchMs > limitMs) {
      this.#clock.advance(limitMs);
      this.#chip.i2cAbort();
      throw failed(constants.errno.ETIMEDOUT);
    }
    this.#clock.advance(answer.stretchMs);
    if (answer.kind === "held") throw failed(constants.errno.EIO);
  }
}

/** Nothing came for this long: the line is quiet. */
const QUIET_MS = 20;

class UartWire implements Wire {
  readonly traits: Traits;
  readonly #chip: SimulatedChip;
  readonly #clock: VirtualClock;
  readonly #characterMs: number;
  /** What the chip sent, with the time its stop bit is over. */
  #input: { readonly dueMs: number; readonly byte: number }[] = [];
  #lastDueMs = 0;

  constructor({ chip, clock, clockHz = 115_200, parity = "even" }: SimLink) {
    this.#chip = chip;
    this.#clock = clock;
    this.#characterMs = uartCharacterMs(clockHz, parity);
    this.traits = {
      framing: "byte",
      opening: "autobaud",
      versionReplyBytes: 3,
      countIsFrame: false,
      checksumForm: "words-and-polynomial",
      maxWrite: 4096,
      maxRead: 256,
      byteTimeUs: this.#characterMs * 1000,
    };
  }

  write(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#clock.advance(this.#characterMs);
      this.#chip.uartReceive(byte);
    }
  }

  read(length: number, timeoutMs: number): Uint8Array {
    // The bytes' own time on the wire is not counted against them.
    const deadlineMs = this.#clock.now() + timeoutMs + length * this.#characterMs;
    return Uint8Array.from({ length }, () => this.#next(deadlineMs));
  }

  poll({ accept, busy, firstWaitMs = 0 }: PollStep, timeoutMs: number): void {
    this.#clock.advance(firstWaitMs);
    const deadlineMs = this.#clock.now() + timeoutMs + this.#characterMs;
    for (;;) {
      const byte = this.#next(deadlineMs);
      if (byte === accept) return;
      if (byte !== busy) throw new WireFailure("unexpected", byte);
    }
  }

  discard(): void {
    this.#receive();
    while (this.#input.length > 0 && this.#input[0]!.dueMs <= this.#clock.now() + QUIET_MS) {
      this.#clock.advanceTo(this.#input.shift()!.dueMs);
      this.#receive();
    }
    this.#clock.advance(QUIET_MS);
  }

  #next(deadlineMs: number): number {
    this.#receive();
    if (this.#input[0] === undefined || this.#input[0].dueMs > deadlineMs) {
      this.#clock.advanceTo(deadlineMs);
      this.#receive(); // what the chip began to do only in between
    }
    const [first] = this.#input;
    if (first === undefined || first.dueMs > deadlineMs) throw new WireFailure("timeout");
    this.#input.shift();
    this.#clock.advanceTo(first.dueMs);
    return first.byte;
  }

  #receive(): void {
    for (const { atMs, byte } of this.#chip.uartTake()) {
      this.#lastDueMs = Math.max(atMs, this.#lastDueMs) + this.#characterMs;
      this.#input.push({ dueMs: this.#lastDueMs, byte });
    }
  }
}
