/** What a simulated chip hangs on, and what its bus does with a single step. */
import type { SimulatedChip } from "../../simulator/chip.js";
import type { VirtualClock } from "../../simulator/clock.js";
import type { AdapterFault } from "../../simulator/fault-words.js";
import type { Bus } from "../../simulator/facts.js";
import type { Traits } from "../traits.js";
import type { PollStep, ReadStep } from "../transport.js";

export interface SimLink {
  readonly chip: SimulatedChip;
  /** The chip's own clock. */
  readonly clock: VirtualClock;
  readonly bus: Bus;
  /** 7-bit; I2C only. */
  readonly address?: number;
  /** Hz on I2C (default 400 000) and SPI (default 1 000 000), baud on UART (default 115 200). */
  readonly clockHz?: number;
  /** Even on all chips but WB0 and WL3. */
  readonly parity?: "even" | "none";
  /** What the modelled adapter survives, whatever time-out it is set to; default: it obeys. */
  readonly stretchLimitMs?: number | undefined;
  readonly realtime?: boolean;
  /** From this step on, nothing goes any more. */
  readonly adapterFault?: AdapterFault | undefined;
  readonly description: string;
}

/** Carries out single steps; knows the bus and the simulated time, not the real one. */
export interface SimWire {
  readonly traits: Traits;
  readonly baud: number | undefined;
  write(bytes: Uint8Array, limitMs: number): void;
  read(step: ReadStep, limitMs: number): Uint8Array;
  /** @returns how often the busy byte came */
  poll(step: PollStep, limitMs: number): number;
  discard(): void;
}
