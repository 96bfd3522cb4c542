/**
 * One modelled I2C bus: wire time, clock stretching, an adapter with its limits, chips, and faults by frame number.
 * No sockets here: `transfer` is what an adapter's driver does with one call.
 */
import { constants } from "node:os";
import type { Clock, I2cAnswer, SimulatedChip } from "../../src/simulator/chip.js";
import { Schedule } from "./schedule.js";

/** I2C_FUNC_I2C and what the kernel emulates with it (I2C_FUNC_SMBUS_EMUL), include/uapi/linux/i2c.h. */
export const PLAIN_I2C = 0x0eff_0009;
/** The same without I2C_FUNC_I2C: an adapter for SMBus only, as on a PC mainboard. */
export const SMBUS_ONLY = 0x0eff_0008;

export const READ = 0x0001;
const STOP = 0x8000;
/** Without it an adapter knows no STOP between two messages of a call. */
export const PROTOCOL_MANGLING = 0x0000_0004;

export type ErrnoName = keyof typeof EXTRA_ERRNO | keyof typeof constants.errno;
/** Linux errno values that Node's table lacks. */
const EXTRA_ERRNO = { EREMOTEIO: 121, ESHUTDOWN: 108 } as const;

export function errnoOf(name: ErrnoName): number {
  return name in EXTRA_ERRNO
    ? EXTRA_ERRNO[name as keyof typeof EXTRA_ERRNO]
    : constants.errno[name as keyof typeof constants.errno];
}

/** What goes wrong with one frame. */
export type Fault =
  /** The transfer fails. `seen`: the chip got (or gave) the bytes all the same. */
  | { readonly errno: ErrnoName; readonly seen?: boolean }
  /** One bit of the data turns over on the wire. */
  | { readonly flip: { readonly byte: number; readonly bit: number } }
  /** The host reads this instead; the chip thinks that its own byte was taken. */
  | { readonly reply: Uint8Array };

/** One START (or repeated START) with an address and bytes. `number` counts from 1 on each bus. */
export interface Frame {
  readonly number: number;
  readonly address: number;
  readonly reads: boolean;
  readonly restart: boolean;
  readonly length: number;
  /** Bytes written, or bytes read when it is over. */
  readonly bytes: Uint8Array;
  readonly startMs: number;
  readonly endMs: number;
  /** How long SCL was held. */
  readonly stretchMs: number;
  readonly errno: ErrnoName | undefined;
}

export type FrameStart = Pick<Frame, "number" | "address" | "reads" | "restart" | "length" | "bytes">;

export interface BusOptions {
  /** N of /dev/i2c-N. */
  readonly number: number;
  /** A chip gets the bus's clock; several chips share a bus by their addresses. */
  readonly chips: readonly ((clock: Clock) => SimulatedChip)[];
  /** SCL frequency. Without it the wire takes no time (busy times of the chips still pass). */
  readonly speedHz?: number;
  /** False: nobody waits; the schedule runs ahead of real time instead. Default true. */
  readonly wait?: boolean;
  /** What /sys says about the adapter. */
  readonly name?: string;
  /** I2C_FUNCS. Default PLAIN_I2C. */
  readonly functions?: number;
  /** What the driver says when an address is not acknowledged. Most say ENXIO, some EREMOTEIO. */
  readonly nackErrno?: ErrnoName;
  /** Longest clock stretch that the adapter bears, and whether I2C_TIMEOUT changes it. Default 1000 ms, yes. */
  readonly stretchLimit?: { readonly ms: number; readonly honoursTimeout: boolean };
  /** What sysfs calls the adapter's driver. Without it sysfs names none. */
  readonly driver?: string;
  /** Longer messages fail with EOPNOTSUPP, as the kernel's adapter quirks do, or with what the driver says instead. */
  readonly quirks?: {
    readonly maxWrite?: number;
    readonly maxRead?: number;
    readonly maxMessages?: number;
    readonly errno?: ErrnoName;
  };
  /** What a driver puts on the bus for a message, where that is not the message: see drivers.ts. */
  readonly puts?: (message: Message) => ErrnoName | readonly Message[];
  /** open() fails with it. */
  readonly openErrno?: ErrnoName;
  /** Addresses that a kernel driver has taken: I2C_SLAVE gives EBUSY. */
  readonly boundAddresses?: readonly number[];
}

export interface Message {
  readonly address: number;
  readonly flags: number;
  readonly length: number;
  readonly bytes: Uint8Array;
}

export interface TransferResult {
  readonly errno: ErrnoName | undefined;
  readonly endMs: number;
  readonly data: readonly Uint8Array[];
}

/** Sums since the start or the last `resetTotals`, for benchmarks. */
export interface Totals {
  frames: number;
  writes: number;
  reads: number;
  bytes: number;
  wireMs: number;
  stretchMs: number;
  /** The wire was free and waited for the host: between the end of one frame and the start of the next. */
  idleMs: number;
  /** On CLOCK_MONOTONIC; 0: no frame yet. */
  firstMs: number;
  lastMs: number;
}

const zeroTotals = (): Totals => ({
  frames: 0,
  writes: 0,
  reads: 0,
  bytes: 0,
  wireMs: 0,
  stretchMs: 0,
  idleMs: 0,
  firstMs: 0,
  lastMs: 0,
});

export class Bus {
  readonly clock = new Schedule();
  readonly chips: readonly SimulatedChip[];
  /** Faults by frame number; each is used once. */
  readonly faults = new Map<number, Fault>();
  /** Called before each frame; may return a fault, or do something to the chip, the host process or this bus. */
  onFrame: ((frame: FrameStart) => Fault | undefined) | undefined;
  /** Set to an array to have every frame recorded. */
  trace: Frame[] | undefined;
  totals = zeroTotals();
  options: BusOptions;
  frameNumber = 0;
  timeoutMs = 1000;
  retries = 0;
  #freeAtMs = 0;
  /** Until then a chip holds SCL after the adapter gave up. */
  #heldUntilMs = 0;

  constructor(options: BusOptions) {
    this.options = options;
    this.chips = options.chips.map((make) => make(this.clock));
  }

  /** Changes the adapter while it runs. */
  set(changes: Partial<Omit<BusOptions, "chips" | "number">>): void {
    this.options = { ...this.options, ...changes };
  }

  resetTotals(): void {
    this.totals = zeroTotals();
  }

  /** Counts frames from 1 again, for faults. */
  resetFrameNumber(): void {
    this.frameNumber = 0;
  }

  /** I2C_SLAVE. */
  claim(address: number): ErrnoName | undefined {
    return this.options.boundAddresses?.includes(address) ? "EBUSY" : undefined;
  }

  /** One I2C_RDWR: all messages, or the first error. EAGAIN is tried again as often as I2C_RETRIES says. */
  transfer(askedMs: number, need: number, messages: readonly Message[]): TransferResult {
    const refused = this.#refusal(need, messages);
    if (refused) return { errno: refused, endMs: askedMs, data: [] };
    let result = this.#once(askedMs, messages);
    for (let tries = 0; result.errno === "EAGAIN" && tries < this.retries; tries++) {
      result = this.#once(result.endMs, messages);
    }
    return result;
  }

  #refusal(need: number, messages: readonly Message[]): ErrnoName | undefined {
    const { functions = PLAIN_I2C, quirks = {} } = this.options;
    if ((functions & need) !== need) return "EOPNOTSUPP";
    if (messages.length > (quirks.maxMessages ?? Infinity)) return "EOPNOTSUPP";
    const tooLong = messages.some(
      (m) => m.length > ((m.flags & READ ? quirks.maxRead : quirks.maxWrite) ?? Infinity),
    );
    return tooLong ? (quirks.errno ?? "EOPNOTSUPP") : undefined;
  }

  /** Each with its own START and STOP where the driver makes several of one. */
  #puts(message: Message): ErrnoName | readonly Message[] {
    return this.options.puts?.(message) ?? [message];
  }

  #once(askedMs: number, messages: readonly Message[]): TransferResult {
    const startMs = Math.max(askedMs, this.#freeAtMs);
    if (this.totals.frames > 0) this.totals.idleMs += startMs - this.#freeAtMs;
    const blocked = this.#waitForScl(startMs);
    if (blocked.errno) return { ...blocked, data: [] };
    let endMs = blocked.endMs;
    const mangling = (this.options.functions ?? PLAIN_I2C) & PROTOCOL_MANGLING;
    const data: Uint8Array[] = [];
    for (const [i, asked] of messages.entries()) {
      const put = this.#puts(asked);
      if (typeof put === "string") return { errno: put, endMs, data: [] };
      for (const [part, message] of put.entries()) {
        const restart = part === 0 && i > 0 && !(mangling && messages[i - 1]!.flags & STOP);
        const frame = this.#frame(message, restart, endMs);
        endMs = this.#freeAtMs = frame.endMs;
        if (frame.errno) return { errno: frame.errno, endMs, data: [] };
        if (frame.reads) data.push(frame.bytes);
      }
    }
    return { errno: undefined, endMs, data };
  }

  /** A transfer cannot begin while a chip holds SCL from the last one. */
  #waitForScl(startMs: number): { errno: ErrnoName | undefined; endMs: number } {
    const heldMs = this.#heldUntilMs - startMs;
    if (heldMs <= 0) return { errno: undefined, endMs: startMs };
    const limitMs = this.#limitMs();
    if (heldMs <= limitMs) return { errno: undefined, endMs: this.#heldUntilMs };
    this.#freeAtMs = startMs + limitMs;
    return { errno: "ETIMEDOUT", endMs: this.#freeAtMs };
  }

  #limitMs(): number {
    const { ms, honoursTimeout } = this.options.stretchLimit ?? { ms: Infinity, honoursTimeout: true };
    return honoursTimeout ? this.timeoutMs : ms;
  }

  #frame(message: Message, restart: boolean, startMs: number): Frame {
    const reads = (message.flags & READ) !== 0;
    const number = ++this.frameNumber;
    const { address, length, bytes } = message;
    const start: FrameStart = { number, address, reads, restart, length, bytes };
    const fault = this.onFrame?.(start) ?? this.faults.get(number);
    this.faults.delete(number);
    const frame = { ...start, startMs, ...this.#run(start, startMs, fault) };
    this.clock.passed(frame.endMs);
    this.#count(frame);
    this.trace?.push(frame);
    return frame;
  }

  #run(start: FrameStart, startMs: number, fault: Fault | undefined): FrameEnd {
    const bitMs = this.options.speedHz ? 1e3 / this.options.speedHz : 0;
    const addressedMs = startMs + 10 * bitMs;
    const wireEndMs = addressedMs + (9 * start.length + 1) * bitMs;
    const failed = (errno: ErrnoName, endMs: number, stretchMs = 0): FrameEnd => ({
      errno,
      endMs,
      stretchMs,
      bytes: start.bytes,
    });
    if (fault && "errno" in fault && !fault.seen) return failed(fault.errno, addressedMs + bitMs);

    const atMs = start.reads ? addressedMs : wireEndMs;
    const { answer, chip } = this.#ask(start, atMs, fault);
    if (answer.kind === "nack") return failed(this.options.nackErrno ?? "ENXIO", addressedMs + bitMs);
    const limitMs = this.#limitMs();
    if (answer.stretchMs > limitMs) {
      this.#heldUntilMs = atMs + answer.stretchMs;
      this.clock.at(atMs + limitMs, () => chip?.i2cAbort());
      return failed("ETIMEDOUT", atMs + limitMs, limitMs);
    }
    const endMs = wireEndMs + answer.stretchMs;
    if (fault && "errno" in fault) return failed(fault.errno, endMs, answer.stretchMs);
    // The chip reset itself in the middle of the frame: nobody pulls SDA low any more.
    if (answer.kind === "held" && !start.reads) return failed("EREMOTEIO", endMs, answer.stretchMs);
    const bytes = start.reads ? readBytes(start.length, answer, fault) : start.bytes;
    return { errno: undefined, endMs, stretchMs: answer.stretchMs, bytes };
  }

  #ask(
    start: FrameStart,
    atMs: number,
    fault: Fault | undefined,
  ): { answer: I2cAnswer; chip?: SimulatedChip } {
    const sent = fault && "flip" in fault && !start.reads ? flipped(start.bytes, fault.flip) : start.bytes;
    for (const chip of this.chips) {
      const answer = this.clock.at(atMs, () =>
        start.reads
          ? chip.i2cRead(start.address, start.length, start.restart)
          : chip.i2cWrite(start.address, sent, start.restart),
      );
      if (answer.kind !== "nack") return { answer, chip };
    }
    return { answer: { kind: "nack" } };
  }

  #count(frame: Frame): void {
    this.totals.frames++;
    this.totals.firstMs ||= frame.startMs;
    this.totals.lastMs = frame.endMs;
    if (frame.reads) this.totals.reads++;
    else this.totals.writes++;
    this.totals.bytes += frame.length;
    this.totals.stretchMs += frame.stretchMs;
    this.totals.wireMs += frame.endMs - frame.startMs - frame.stretchMs;
  }
}

type FrameEnd = Pick<Frame, "errno" | "endMs" | "stretchMs" | "bytes">;

function readBytes(
  length: number,
  answer: Exclude<I2cAnswer, { kind: "nack" }>,
  fault: Fault | undefined,
): Uint8Array {
  const bytes = new Uint8Array(length).fill(0xff);
  if (answer.kind === "done" && answer.bytes) bytes.set(answer.bytes.subarray(0, length));
  if (fault && "reply" in fault) bytes.set(fault.reply.subarray(0, length));
  return fault && "flip" in fault ? flipped(bytes, fault.flip) : bytes;
}

function flipped(bytes: Uint8Array, { byte, bit }: { byte: number; bit: number }): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (byte < copy.length) copy[byte] = copy[byte]! ^ (1 << bit);
  return copy;
}
