/** SPI of a simulated chip: bytes with gaps, and AN4286's procedure for a status. */
import type { SimulatedChip } from "../../simulator/chip.js";
import type { VirtualClock } from "../../simulator/clock.js";
import { spiByteMs } from "../../simulator/wire.js";
import { ACK, BUSY, Dummy, FILLER, firstTold, GAP_US, isStatus, POLL_FILLER } from "../spi/procedure.js";
import { SPI_TRAITS } from "../traits.js";
import type { PollStep, ReadStep } from "../transport.js";
import { WireFailure } from "./wire-failure.js";
import type { SimLink, SimWire } from "./sim-link.js";

/** Between the first tries of a poll; then twice as long each time, up to the step's own. */
const FIRST_INTERVAL_MS = 0.02;

export class SpiWire implements SimWire {
  readonly traits = SPI_TRAITS;
  readonly baud = undefined;
  readonly #chip: SimulatedChip;
  readonly #clock: VirtualClock;
  readonly #byteMs: number;
  readonly #dummy = new Dummy();

  constructor({ chip, clock, clockHz = 1_000_000 }: SimLink) {
    this.#chip = chip;
    this.#clock = clock;
    this.#byteMs = spiByteMs(clockHz, GAP_US);
  }

  write(bytes: Uint8Array): void {
    for (const byte of bytes) this.#exchange(byte);
  }

  read({ length, begins, continues }: ReadStep): Uint8Array {
    if (begins !== undefined) return this.#learn(length, begins);
    if (this.#dummy.isSent && !continues) this.#exchange(FILLER);
    return this.#clocked(length);
  }

  /** One more byte is clocked only where the first was not it: with it the status behind the reply would be lost. */
  #learn(length: number, begins: number): Uint8Array {
    const bytes = this.#clocked(length);
    if (bytes[0] === begins) {
      this.#dummy.told(false);
      return bytes;
    }
    this.#dummy.told(bytes[1] === begins ? true : undefined);
    return Uint8Array.of(...bytes.subarray(1), this.#exchange(FILLER));
  }

  poll({ accept, firstWaitMs = 0, intervalMs = 1 }: PollStep, timeoutMs: number): number {
    this.#clock.advance(firstWaitMs);
    const deadlineMs = this.#clock.now() + timeoutMs;
    let byte = firstTold(this.#exchange(POLL_FILLER), this.#exchange(POLL_FILLER));
    for (let tries = 0, pauseMs = FIRST_INTERVAL_MS; !isStatus(byte); tries++) {
      if (this.#clock.now() > deadlineMs) throw new WireFailure("timeout", byte === BUSY ? byte : undefined);
      if (tries > 0) this.#clock.advance(Math.min((pauseMs *= 2), intervalMs));
      byte = this.#exchange(POLL_FILLER);
    }
    this.#exchange(ACK);
    if (byte !== accept) throw new WireFailure("unexpected", byte);
    return 0;
  }

  discard(): void {
    // What the chip sends is clocked by the host.
  }

  #clocked(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#exchange(FILLER));
  }

  #exchange(mosi: number): number {
    this.#clock.advance(this.#byteMs);
    return this.#chip.spiExchange(mosi, GAP_US);
  }
}
