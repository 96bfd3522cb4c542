/**
 * The bootloader's SPI side (AN4286 rev 15): for each byte clocked in one goes out that was decided before. Every status waits until the
 * host has acknowledged it. There are no time-outs, and in the middle of a command every byte counts, polls too.
 */
import type { Mcu } from "./mcu.js";
import { ACK } from "./opcodes.js";
import type { Session } from "./session.js";

const START_OF_FRAME = 0x5a;
/** Sent when there is nothing to send: the underrun pattern. */
const FILLER = 0xa5;
/** MISO of a chip that does not drive it: pulled down. */
export const FLOATING = 0x00;
/** With more than this unread the ROM is stuck in sending and takes nothing. */
const SEND_FIFO_BYTES = 16;

export class SpiLink {
  readonly #mcu: Mcu;
  #session: Session | undefined;
  /** Bytes for MISO, and how many of them came before the status byte that waits to be seen. */
  #out: number[] = [];
  /** A status was queued and the host's 79 is waited for. "sync": that of the 5A after reset, which is no command's. */
  #acknowledge: "no" | "sync" | "status" = "no";
  /** A start of frame came: what follows is a command. */
  #framed = false;
  #buffer = new Uint8Array(1100);
  #have = 0;
  /** Came while the ROM was busy. */
  #kept: number[] = [];
  #replying = false;

  constructor(mcu: Mcu) {
    this.#mcu = mcu;
  }

  static isStart(byte: number): boolean {
    return byte === START_OF_FRAME;
  }

  get isSelected(): boolean {
    return this.#session !== undefined;
  }

  start(session: Session): void {
    this.#session = session;
    this.#queueStatus(ACK);
    this.#acknowledge = "sync";
  }

  stop(): void {
    this.#session = undefined;
    this.#out = [];
    this.#acknowledge = "no";
    this.#framed = false;
    this.#have = 0;
    this.#kept = [];
    this.#replying = false;
  }

  /** @param gapUs since the byte before it; too short a gap loses the byte */
  exchange(mosi: number, gapUs: number): number {
    this.#pump();
    const miso = this.#next();
    if (gapUs >= this.#mcu.quirks.spiGapUs) this.#receive(mosi);
    else
      this.#mcu.violate(
        "order",
        `byte ${hexByte(mosi)} came ${gapUs} µs after the one before it, the least is ${this.#mcu.quirks.spiGapUs}: lost`,
      );
    return miso;
  }

  #next(): number {
    if (this.#session === undefined) return FLOATING;
    if (!this.#isBusy) return this.#out.shift() ?? FILLER;
    return this.#isStale ? ACK : FILLER;
  }

  /** Only the flash holds the core up: a ROM that is busy otherwise fills its ring. */
  get #isStale(): boolean {
    return this.#mcu.quirks.spiStaleRing && this.#mcu.operationsEndMs > this.#mcu.nowMs;
  }

  get #isBusy(): boolean {
    const { ask, busyUntilMs } = this.#session!;
    const now = this.#mcu.nowMs;
    if (busyUntilMs > now) return true;
    return ask.want === "status" && this.#acknowledge === "no" && this.#session!.status().readyMs > now;
  }

  #receive(byte: number): void {
    if (this.#session === undefined) return;
    if (this.#isBusy) return this.#keep(byte);
    if (this.#acknowledge !== "no") return this.#takeAcknowledge(byte);
    this.#takeByte(byte);
  }

  /** Polls may be lost; what was meant for something must not be. */
  #keep(byte: number): void {
    const { spiFifoBytes, spiStaleRing } = this.#mcu.quirks;
    const meant = byte === ACK || byte === START_OF_FRAME;
    if (meant && !spiStaleRing) this.#mcu.violate("order", `${hexByte(byte)} while the chip was busy`);
    if (this.#kept.length < spiFifoBytes) this.#kept.push(byte);
  }

  #takeAcknowledge(byte: number): void {
    if (byte !== ACK) return;
    if (this.#out.length > 0) this.#mcu.violate("order", "79 before the status was clocked out");
    const of = this.#acknowledge;
    this.#acknowledge = "no";
    if (of === "status") this.#session!.advance();
    this.#pump();
  }

  #takeByte(byte: number): void {
    const { ask } = this.#session!;
    if (ask.want !== "frame") return;
    if (ask.idle && !this.#framed) {
      this.#framed = byte === START_OF_FRAME && this.#out.length <= SEND_FIFO_BYTES;
      return;
    }
    if (this.#have === this.#buffer.length) this.#grow();
    this.#buffer[this.#have++] = byte;
    if (ask.measure(this.#buffer, this.#have) > this.#have) return;
    const frame = this.#buffer.slice(0, this.#have);
    this.#have = 0;
    this.#framed = false;
    this.#replying = false;
    this.#session!.advance(frame);
    this.#pump();
  }

  #grow(): void {
    const larger = new Uint8Array(this.#buffer.length * 4);
    larger.set(this.#buffer);
    this.#buffer = larger;
  }

  /** Queues what the ROM sends until it waits for the host again; then it looks at what came meanwhile. */
  #pump(): void {
    const session = this.#session;
    while (session && this.#acknowledge === "no" && session.ask.want !== "frame") {
      if (session.ask.want === "reply") {
        this.#queueReply(session.ask.bytes);
        session.advance();
      } else if (!this.#isBusy) {
        const { byte, readyMs } = session.status();
        session.busyUntilMs = Math.max(session.busyUntilMs, readyMs);
        this.#queueStatus(byte);
        this.#acknowledge = "status";
      } else return;
    }
    if (this.#kept.length > 0 && session && !this.#isBusy)
      for (const byte of this.#kept.splice(0)) this.#receive(byte);
  }

  /** An ACK has a byte in front of it, a NACK has none (Open Bootloader v6.1.3). */
  #queueStatus(byte: number): void {
    if (byte === ACK) this.#out.push(this.#mcu.quirks.spiLead);
    this.#out.push(byte);
    this.#replying = false;
  }

  /** One dummy byte in front, none between two replies in a row. */
  #queueReply(bytes: Uint8Array): void {
    if (this.#mcu.quirks.spiDummy === "sent" && !this.#replying) this.#out.push(FILLER);
    this.#replying = true;
    for (const byte of bytes) this.#out.push(byte);
  }
}

const hexByte = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, "0");
