/**
 * A UART line in real time: a pseudo-terminal on one side, a simulated chip on the other, and between them a wire and an adapter. As on
 * the modelled I2C bus a schedule is kept: what the stand-in delivers late is caught up, what the host does between two frames is counted
 * in full.
 */
import { PtyLine } from "../src/simulator/pty-line.js";
import type { SimulatedChip } from "../src/simulator/chip.js";
import { monotonicMs, Schedule } from "../test/fake-i2c-dev/schedule.js";
import { characterMs, nextPacket } from "./uart-time.js";

export interface LineOptions {
  readonly baud: number;
  /** How long the adapter keeps what it got before it gives the host a packet that is not full. */
  readonly latencyMs: number;
}

export interface LineTotals {
  readonly toChip: number;
  readonly fromChip: number;
  /** Of the adapter, to the host: each is one that the host may have waited for. */
  readonly packets: number;
  /** How often the host sent something when everything before it was over. */
  readonly turns: number;
  /** On CLOCK_MONOTONIC; 0: nothing yet. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Nothing was on the wire, in the chip's work or in the adapter: the host waited or thought. */
  readonly idleMs: number;
}

/** A timer of Node's is up to this late: what is due sooner is waited for by looking. */
const TIMER_MS = 1.5;

export class UartLine {
  readonly clock = new Schedule();
  readonly #chip: SimulatedChip;
  readonly #pty: PtyLine;
  readonly #characterMs: number;
  readonly #latencyMs: number;
  /** Sent by the chip and not yet with the host: when each is at the adapter. */
  #inAdapter: { readonly atMs: number; readonly byte: number }[] = [];
  #toChipFreeMs = 0;
  #fromChipFreeMs = 0;
  /** How late the last packet was, by our own fault. */
  #lateMs = 0;
  #stop = (): void => undefined;
  totals = { toChip: 0, fromChip: 0, packets: 0, turns: 0, firstMs: 0, lastMs: 0, idleMs: 0 };

  constructor(makeChip: (clock: Schedule) => SimulatedChip, { baud, latencyMs }: LineOptions) {
    this.#chip = makeChip(this.clock);
    this.#characterMs = characterMs(baud);
    this.#latencyMs = latencyMs;
    this.#pty = new PtyLine((bytes) => this.#fromHost(bytes));
  }

  get path(): string {
    return this.#pty.path;
  }

  get chip(): SimulatedChip {
    return this.#chip;
  }

  close(): void {
    this.#stop();
    this.#pty.close();
    this.#chip.close();
  }

  #fromHost(bytes: Uint8Array): void {
    const sentMs = monotonicMs() - this.#lateMs;
    this.totals.firstMs ||= sentMs;
    if (this.#inAdapter.length === 0) {
      this.totals.idleMs += Math.max(0, sentMs - Math.max(this.totals.lastMs, this.totals.firstMs));
      this.totals.turns++;
    }
    let atMs = Math.max(sentMs, this.#toChipFreeMs);
    for (const byte of bytes) {
      atMs += this.#characterMs;
      this.clock.at(atMs, () => this.#chip.uartReceive(byte));
    }
    this.#toChipFreeMs = atMs;
    this.totals.toChip += bytes.length;
    this.#passed(atMs);
    this.#fromChip();
  }

  /** The chip's characters go one behind the other. */
  #fromChip(): void {
    for (const { atMs, byte } of this.clock.at(this.#toChipFreeMs, () => this.#chip.uartTake())) {
      this.#fromChipFreeMs = Math.max(this.#fromChipFreeMs, atMs) + this.#characterMs;
      this.#inAdapter.push({ atMs: this.#fromChipFreeMs, byte });
    }
    this.#wait();
  }

  #wait(): void {
    this.#stop();
    const packet = nextPacket(
      this.#inAdapter.map(({ atMs }) => atMs),
      this.#latencyMs,
    );
    if (packet) this.#stop = when(packet.dueMs, () => this.#deliver(packet));
  }

  #deliver({ dueMs, count }: { dueMs: number; count: number }): void {
    const bytes = this.#inAdapter.splice(0, count).map(({ byte }) => byte);
    this.#pty.send(Uint8Array.from(bytes));
    this.#lateMs = Math.max(0, monotonicMs() - dueMs);
    this.totals.fromChip += count;
    this.totals.packets++;
    this.#passed(dueMs);
    this.#wait();
  }

  #passed(ms: number): void {
    this.totals.lastMs = Math.max(this.totals.lastMs, ms);
  }
}

/** @returns what keeps `action` from being done */
function when(dueMs: number, action: () => void): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (stopped) return;
    const leftMs = dueMs - monotonicMs();
    if (leftMs <= 0) action();
    else if (leftMs < TIMER_MS) setImmediate(look);
    else timer = setTimeout(look, leftMs - TIMER_MS);
  };
  look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
