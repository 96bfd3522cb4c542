/** The I2C wire behind a dongle's model: a chip, and the time that bits take. Nothing waits here: a transfer says when it is over. */
import type { Clock, SimulatedChip } from "../../../src/simulator/chip.js";

export interface WireResult {
  readonly acknowledged: boolean;
  /** On the clock: when the STOP is over, clock stretching included. */
  readonly endMs: number;
  /** Of a read. */
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);

export class Wire {
  clockHz = 100_000;
  /** Lengths of what was written and read, START to STOP, in order. */
  readonly written: number[] = [];
  readonly read: number[] = [];

  constructor(
    readonly chip: SimulatedChip,
    readonly clock: Clock,
  ) {}

  /** START, address and bytes, STOP. */
  write(address: number, bytes: Uint8Array): WireResult {
    this.written.push(bytes.length);
    return this.#result(this.chip.i2cWrite(address, bytes), bytes.length);
  }

  readFrom(address: number, length: number): WireResult {
    this.read.push(length);
    return this.#result(this.chip.i2cRead(address, length), length);
  }

  /** 9 bits a byte, the address included, START and STOP. */
  bitsMs(bytes: number): number {
    return ((9 * (bytes + 1) + 2) * 1000) / this.clockHz;
  }

  #result(answer: ReturnType<SimulatedChip["i2cRead"]>, length: number): WireResult {
    const now = this.clock.now();
    if (answer.kind === "nack") return { acknowledged: false, endMs: now + this.bitsMs(0), bytes: NOTHING };
    const bytes = (answer.kind === "done" && answer.bytes) || NOTHING;
    return { acknowledged: true, endMs: now + this.bitsMs(length) + answer.stretchMs, bytes };
  }
}
