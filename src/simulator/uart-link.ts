/** The bootloader's UART side: a stream without frames and without time-outs. */
import type { Mcu } from "./mcu.js";
import { ACK } from "./opcodes.js";
import type { Session } from "./session.js";

/** What the host sends first, and what the baud rate is measured from. */
const SYNC = 0x7f;

export interface UartCharacter {
  readonly atMs: number;
  readonly byte: number;
}

export class UartLink {
  readonly #mcu: Mcu;
  #session: Session | undefined;
  #buffer = new Uint8Array(512);
  #have = 0;
  /** The one character that the receiver keeps while the ROM is busy; later ones are lost (overrun). */
  #waiting: number | undefined;
  #sent: UartCharacter[] = [];

  constructor(mcu: Mcu) {
    this.#mcu = mcu;
  }

  start(session: Session): void {
    this.#session = session;
    this.#send(ACK, this.#mcu.nowMs);
    if (this.#mcu.quirks.doubleSyncAck) this.#send(ACK, this.#mcu.nowMs);
  }

  /** Characters that would have been sent later never come. */
  stop(): void {
    this.#session = undefined;
    this.#have = 0;
    this.#waiting = undefined;
    this.#sent = this.#sent.filter(({ atMs }) => atMs <= this.#mcu.nowMs);
  }

  get isSelected(): boolean {
    return this.#session !== undefined;
  }

  static isSync(byte: number, parityOk: boolean): boolean {
    return byte === SYNC && parityOk;
  }

  receive(byte: number): void {
    if (!this.#session) return;
    if (this.#session.busyUntilMs <= this.#mcu.nowMs) return this.#accept(byte);
    this.#mcu.violate("order", "a character came while the chip was busy");
    if (this.#waiting !== undefined) return;
    this.#waiting = byte;
    const session = this.#session;
    this.#mcu.at(session.busyUntilMs, () => {
      if (session === this.#session) this.#settle();
    });
  }

  take(): UartCharacter[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  /** A kept character is looked at once the ROM is free. */
  #settle(): void {
    const byte = this.#waiting;
    this.#waiting = undefined;
    if (byte !== undefined) this.#accept(byte);
  }

  #accept(byte: number): void {
    const session = this.#session!;
    const { ask } = session;
    if (ask.want !== "frame") return;
    if (this.#have === this.#buffer.length) this.#grow();
    this.#buffer[this.#have++] = byte;
    if (ask.measure(this.#buffer, this.#have) > this.#have) return;
    const frame = this.#buffer.slice(0, this.#have);
    this.#have = 0;
    session.advance(frame);
    this.#answer(session);
  }

  #grow(): void {
    const larger = new Uint8Array(this.#buffer.length * 4);
    larger.set(this.#buffer);
    this.#buffer = larger;
  }

  /** Sends until the ROM waits for the host again. */
  #answer(session: Session): void {
    while (session.ask.want !== "frame") {
      if (session.ask.want === "status") {
        const { byte, readyMs } = session.status();
        session.busyUntilMs = Math.max(session.busyUntilMs, readyMs);
        if (readyMs === Infinity) return;
        this.#send(byte, session.nowMs);
      } else {
        for (const byte of session.ask.bytes) this.#send(byte, session.nowMs);
      }
      session.advance();
    }
  }

  #send(byte: number, atMs: number): void {
    const lostMs = this.#mcu.lossBy(atMs);
    if (lostMs !== undefined && lostMs < atMs) return;
    this.#sent.push({ atMs, byte });
  }
}
