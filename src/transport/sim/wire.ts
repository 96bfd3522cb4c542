/** What the buses of a simulated chip do with a single step. They know simulated time only. */
import type { I2cAnswer, SimulatedChip } from "../../simulator/chip.js";
import type { VirtualClock } from "../../simulator/clock.js";
import { i2cAddressMs, i2cFrameMs, uartCharacterMs } from "../../simulator/wire.js";
import { I2C_TRAITS, UART_TRAITS } from "../traits.js";
import type { PollStep, ReadStep } from "../transport.js";
import { simError } from "./sim-error.js";
import type { SimLink, SimWire } from "./sim-link.js";
import { SpiWire } from "./spi-wire.js";
import { WireFailure } from "./wire-failure.js";

export function simWire(link: SimLink): SimWire {
  if (link.bus === "spi") return new SpiWire(link);
  return link.bus === "i2c" ? new I2cWire(link) : new UartWire(link);
}

const failed = (code: Parameters<typeof simError>[0]): WireFailure =>
  new WireFailure("system", undefined, simError(code));

class I2cWire implements SimWire {
  readonly traits = I2C_TRAITS;
  readonly baud = undefined;
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
  }

  write(bytes: Uint8Array, limitMs: number): void {
    this.#clock.advance(i2cFrameMs(bytes.length, this.#clockHz));
    const answer = this.#chip.i2cWrite(this.#address, bytes);
    this.#survive(answer, limitMs);
  }

  read({ length }: Pick<ReadStep, "length">, limitMs: number): Uint8Array {
    const addressMs = i2cAddressMs(this.#clockHz);
    this.#clock.advance(addressMs);
    const answer = this.#chip.i2cRead(this.#address, length);
    this.#survive(answer, limitMs);
    this.#clock.advance(i2cFrameMs(length, this.#clockHz) - addressMs);
    return answer.kind === "done" ? answer.bytes! : new Uint8Array(length).fill(0xff);
  }

  poll({ accept, busy, firstWaitMs = 0, intervalMs = 1 }: PollStep, timeoutMs: number): number {
    this.#clock.advance(firstWaitMs);
    const deadlineMs = this.#clock.now() + timeoutMs;
    for (let asked = 0; ; asked++) {
      const [byte] = this.read({ length: 1 }, timeoutMs);
      if (byte === accept) return asked;
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
    if (answer.kind === "nack") throw failed("ENXIO");
    const limitMs = Math.min(timeoutMs, this.#stretchLimitMs);
    if (answer.stretchMs > limitMs) {
      this.#clock.advance(limitMs);
      this.#chip.i2cAbort();
      throw failed("ETIMEDOUT");
    }
    this.#clock.advance(answer.stretchMs);
    if (answer.kind === "held") throw failed("EIO");
  }
}

/** Nothing came for this long: the line is quiet. */
const QUIET_MS = 20;

class UartWire implements SimWire {
  readonly traits = UART_TRAITS;
  readonly baud: number;
  readonly #chip: SimulatedChip;
  readonly #clock: VirtualClock;
  readonly #characterMs: number;
  /** What the chip sent, with the time its stop bit is over. */
  #input: { readonly dueMs: number; readonly byte: number }[] = [];
  #lastDueMs = 0;

  constructor({ chip, clock, clockHz = 115_200, parity = "even" }: SimLink) {
    this.#chip = chip;
    this.#clock = clock;
    this.baud = clockHz;
    this.#characterMs = uartCharacterMs(clockHz, parity);
  }

  write(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#clock.advance(this.#characterMs);
      this.#chip.uartReceive(byte);
    }
  }

  read({ length }: ReadStep, timeoutMs: number): Uint8Array {
    // The bytes' own time on the wire is not counted against them.
    const deadlineMs = this.#clock.now() + timeoutMs + length * this.#characterMs;
    return Uint8Array.from({ length }, () => this.#next(deadlineMs));
  }

  poll({ accept, busy, firstWaitMs = 0 }: PollStep, timeoutMs: number): number {
    this.#clock.advance(firstWaitMs);
    const deadlineMs = this.#clock.now() + timeoutMs + this.#characterMs;
    for (let asked = 0; ; asked++) {
      const byte = this.#next(deadlineMs);
      if (byte === accept) return asked;
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
