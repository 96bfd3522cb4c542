/** The bootloader's I2C side: each frame is a transaction of its own, and whoever breaks the order finds the clock held. */
import type { I2cAnswer, ViolationKind } from "./chip.js";
import type { Ask } from "./dialogue.js";
import type { Mcu } from "./mcu.js";
import { BUSY, FILLER } from "./opcodes.js";
import type { Session } from "./session.js";

const NACK_ADDRESS: I2cAnswer = { kind: "nack" };
const DONE: I2cAnswer = { kind: "done", stretchMs: 0 };

const hexBytes = (bytes: Uint8Array): string => {
  const shown = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).toUpperCase().padStart(2, "0"));
  return shown.join(" ") + (bytes.length > 8 ? " .." : "");
};

const frames = (count: number): string => (count === 1 ? "1 byte" : `${count} bytes`);

const dueText = (ask: Ask): string => {
  if (ask.want === "status") return "a status was due";
  return ask.want === "reply"
    ? `${frames(ask.bytes.length)} of ${ask.name} were due`
    : `a ${ask.name} frame was due`;
};

export class I2cLink {
  readonly #mcu: Mcu;
  readonly #timeoutMs: number;
  readonly #quickWriteHangs: boolean;
  #session: Session | undefined;
  /** The chip holds SCL, or waits for bytes that never come, until its time-out. */
  #hung = false;
  /** Left in the transmit register by a read that was too short: the next read begins with it. */
  #late: number | undefined;
  /** Left in the receive register by a frame that was too long: the next frame begins with it. */
  #surplus: number | undefined;
  /** A status with a stretch was handed out; it counts as taken when the stretch is over or the next frame comes. */
  #pending: object | undefined;

  constructor(mcu: Mcu, timeoutMs: number, quickWriteHangs: boolean) {
    this.#mcu = mcu;
    this.#timeoutMs = timeoutMs;
    this.#quickWriteHangs = quickWriteHangs;
  }

  start(session: Session): void {
    this.#session = session;
  }

  stop(): void {
    this.#session = undefined;
    this.#hung = false;
    this.#late = undefined;
    this.#surplus = undefined;
    this.#pending = undefined;
  }

  get isSelected(): boolean {
    return this.#session !== undefined;
  }

  abort(): void {
    if (this.#pending === undefined) return;
    if (this.#mcu.quirks.statusAfterAbort === "lost") return this.#take();
    this.#pending = undefined;
  }

  #takeAt(readyMs: number): void {
    const pending = {};
    this.#pending = pending;
    this.#mcu.at(readyMs, () => {
      if (this.#pending === pending) this.#take();
    });
  }

  #take(): void {
    this.#pending = undefined;
    this.#session?.advance();
    this.#arm();
  }

  write(sent: Uint8Array, restart: boolean): I2cAnswer {
    const before = this.#before(restart);
    if (before) return before;
    const session = this.#session!;
    const { ask } = session;
    if (sent.length === 0) return this.#quickWrite();
    const bytes = this.#surplus === undefined ? sent : Uint8Array.of(this.#surplus, ...sent);
    this.#surplus = undefined;
    if (ask.want !== "frame") {
      return this.#broken("order", `write of ${hexBytes(bytes)} while ${dueText(ask)}`);
    }
    const needed = this.#needed(bytes, ask);
    if (bytes.length === needed + 1 && this.#mcu.quirks.surplusBytes === "next frame")
      this.#keepSurplus(bytes, needed, ask.name);
    else if (bytes.length !== needed) return this.#wrongLength(bytes, needed, ask.name);
    const stretchMs = Math.max(0, session.busyUntilMs - this.#mcu.nowMs);
    session.advance(bytes.subarray(0, needed));
    this.#arm();
    return stretchMs === 0 ? DONE : { kind: "done", stretchMs };
  }

  read(length: number, restart: boolean): I2cAnswer {
    const before = this.#before(restart);
    if (before) return before;
    const session = this.#session!;
    const { ask } = session;
    if (ask.want === "frame") return this.#broken("order", `read of ${frames(length)} while ${dueText(ask)}`);
    if (length === 0) return this.#broken("length", `read of 0 bytes while ${dueText(ask)}`);
    return ask.want === "status" ? this.#readStatus(session, length) : this.#readReply(session, ask, length);
  }

  /** Everything that ends a transaction before its contents count. */
  #before(restart: boolean): I2cAnswer | undefined {
    if (!this.#session) return NACK_ADDRESS;
    if (this.#pending) this.#take();
    if (this.#hung) return { kind: "held", stretchMs: Math.max(0, this.#mcu.timeoutAtMs - this.#mcu.nowMs) };
    if (restart) return this.#broken("order", `repeated START while ${dueText(this.#session.ask)}`);
    const { busyUntilMs } = this.#session;
    const lostMs = busyUntilMs > this.#mcu.nowMs ? this.#mcu.lossBy(busyUntilMs) : undefined;
    return lostMs === undefined
      ? undefined
      : { kind: "held", stretchMs: Math.max(0, lostMs - this.#mcu.nowMs) };
  }

  #needed(bytes: Uint8Array, ask: Extract<Ask, { want: "frame" }>): number {
    // A length that the first bytes tell is asked for with the bytes that decide it.
    let needed = ask.measure(bytes, 0);
    for (let have = 0; needed > have && needed <= bytes.length;) {
      have = needed;
      needed = ask.measure(bytes, have);
    }
    return needed;
  }

  #quickWrite(): I2cAnswer {
    if (!this.#quickWriteHangs) return DONE;
    this.#mcu.violate("order", "address without data: this bootloader waits for bytes that never come");
    this.#hang();
    return DONE;
  }

  /** Too short: the chip waits for the rest until its time-out. Too long: it takes no more and holds the clock. */
  #wrongLength(bytes: Uint8Array, needed: number, name: string): I2cAnswer {
    const text = `${name} frame of ${frames(bytes.length)}, not ${needed}: ${hexBytes(bytes)}`;
    const answer = this.#broken("length", text);
    return bytes.length < needed ? DONE : answer;
  }

  #keepSurplus(bytes: Uint8Array, needed: number, name: string): void {
    this.#mcu.violate(
      "length",
      `${name} frame of ${frames(bytes.length)}, not ${needed}: ${hexBytes(bytes)}`,
    );
    this.#surplus = bytes[needed];
  }

  #readStatus(session: Session, length: number): I2cAnswer {
    const { byte, readyMs, busy } = session.status();
    const now = this.#mcu.nowMs;
    const waitMs = Math.max(0, readyMs - now);
    if (length > 1 && this.#late === undefined) {
      const text = `status read of ${frames(length)}, not 1`;
      if (this.#mcu.quirks.wrongRead === "late") return this.#broken("length", text);
      this.#mcu.violate("length", text);
    } else if (length > 2) this.#mcu.violate("length", `status read of ${frames(length)}, not 1`);
    if (waitMs > 0 && busy) {
      this.#arm();
      return { kind: "done", stretchMs: 0, bytes: this.#sent(Uint8Array.of(BUSY), length) };
    }
    return this.#deliver(session, byte, { length, waitMs });
  }

  #deliver(
    session: Session,
    byte: number,
    { length, waitMs }: { length: number; waitMs: number },
  ): I2cAnswer {
    const readyMs = this.#mcu.nowMs + waitMs;
    const lostMs = waitMs > 0 ? this.#lossBy(readyMs) : undefined;
    if (lostMs !== undefined) {
      // The chip dies under the stretch: it lets go of both lines, and the host clocks in ones.
      return { kind: "done", stretchMs: lostMs - this.#mcu.nowMs, bytes: new Uint8Array(length).fill(0xff) };
    }
    session.busyUntilMs = Math.max(session.busyUntilMs, readyMs);
    const bytes = this.#sent(Uint8Array.of(byte), length);
    this.#arm();
    if (waitMs > 0) this.#takeAt(readyMs);
    else this.#take();
    return { kind: "done", stretchMs: waitMs, bytes };
  }

  /** When the chip is known to die before `ms`. */
  #lossBy(ms: number): number | undefined {
    const lostMs = this.#mcu.lossBy(ms);
    const timeoutAtMs = this.#mcu.nowMs + this.#timeoutMs;
    if (!this.#mcu.quirks.timeoutDuringOperation || timeoutAtMs >= (lostMs ?? ms)) return lostMs;
    this.#arm();
    return timeoutAtMs;
  }

  #readReply(session: Session, ask: Extract<Ask, { want: "reply" }>, length: number): I2cAnswer {
    const due = ask.bytes.length + (this.#late === undefined ? 0 : 1);
    if (length !== due) {
      const kind = ask.name === "Get" && length < due ? "short get" : "length";
      const text = `read of ${frames(length)} while ${dueText(ask)}`;
      if (this.#mcu.quirks.wrongRead === "late" && length !== due - 1)
        return this.#stuck(kind, text, { due: ask.bytes, length });
      this.#mcu.violate(kind, text);
    }
    const bytes = this.#sent(ask.bytes, length);
    session.advance();
    this.#arm();
    return { kind: "done", stretchMs: 0, bytes };
  }

  /** Bytes are left that the chip waits to send, or it has none for a host that asks for more: whoever comes next finds the clock held. */
  #stuck(kind: ViolationKind, text: string, { due, length }: { due: Uint8Array; length: number }): I2cAnswer {
    this.#mcu.violate(kind, text);
    this.#hang();
    return length < due.length
      ? { kind: "done", stretchMs: 0, bytes: due.slice(0, length) }
      : { kind: "held", stretchMs: this.#timeoutMs };
  }

  /** What goes out for a read of `length` bytes: first what an earlier one left over, and one byte may be left over again. */
  #sent(bytes: Uint8Array, length: number): Uint8Array {
    if (this.#mcu.quirks.wrongRead === "finished") return filled(bytes, length);
    const all = this.#late === undefined ? bytes : Uint8Array.of(this.#late, ...bytes);
    this.#late = length < all.length ? all[length] : undefined;
    return filled(all, length);
  }

  /** The host broke the rules. */
  #broken(kind: ViolationKind, text: string): I2cAnswer {
    this.#mcu.violate(kind, text);
    if (this.#mcu.quirks.wrongFrame === "refuse") {
      this.#session!.restart(true);
      this.#arm();
      return { kind: "done", stretchMs: 0, bytes: Uint8Array.of(FILLER) };
    }
    this.#hang();
    return { kind: "held", stretchMs: this.#timeoutMs };
  }

  #hang(): void {
    this.#hung = true;
    this.#mcu.timeoutAtMs = this.#mcu.nowMs + this.#timeoutMs;
  }

  /** Starts the time-out between two frames of a command; there is none between commands, and none while the chip works. */
  #arm(): void {
    const session = this.#session;
    if (this.#hung || !session) return;
    this.#mcu.timeoutAtMs = session.isIdle ? Infinity : this.#busyUntil(session) + this.#timeoutMs;
  }

  #busyUntil({ ask, busyUntilMs }: Session): number {
    const now = this.#mcu.nowMs;
    if (this.#mcu.quirks.timeoutDuringOperation) return now;
    return Math.max(now, busyUntilMs, ask.want === "status" ? ask.readyMs : now);
  }
}

/** `length` bytes: those there are, then what a target that has nothing more to say seems to send. */
const filled = (bytes: Uint8Array, length: number): Uint8Array => {
  if (bytes.length === length) return bytes;
  const out = new Uint8Array(length).fill(FILLER);
  out.set(bytes.subarray(0, length));
  return out;
};
