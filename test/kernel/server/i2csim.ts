/**
 * The program behind /dev/i2csim: an I2C adapter and a GPIO chip of the test kernel, served from this process.
 * The records are those of kmod/i2csim.h, in the machine's byte order (little endian here).
 */
import { close, open, read, writeSync } from "node:fs";
import { promisify } from "node:util";

const openFile = promisify(open);
const readFrom = promisify(read);
const closeFile = promisify(close);

/** Bits of setup.flags. */
const INTERRUPTIBLE = 1;
const GPIO_REVERT = 2;

const EVENT = { ready: 0, transfer: 1, gpio: 2, lost: 3, end: 4 } as const;
const COMMAND = { reply: 0, level: 1, end: 2 } as const;
const EVENT_BYTES = 40;
const SETUP_BYTES = 208;
const ESTALE = 116;
/** i2c-dev marks every message so: its buffer may be used for DMA (I2C_M_DMA_SAFE). No bit of the bus. */
const DMA_SAFE = 0x0200;
export const I2C_M_RD = 0x0001;
export const I2C_M_STOP = 0x8000;

export interface AdapterOptions {
  readonly bus?: number;
  readonly functionality?: number;
  readonly name?: string;
  /** The adapter waits this long whatever I2C_TIMEOUT says. */
  readonly fixedTimeoutMs?: number;
  readonly maxMessages?: number;
  readonly maxWrite?: number;
  readonly maxRead?: number;
  /** Names of GPIO lines, eight at most; no GPIO chip when empty. */
  readonly lines?: readonly string[];
  /** A signal ends a transfer, as with most drivers. */
  readonly interruptible?: boolean;
  /** A released GPIO line becomes an input. */
  readonly gpioReverts?: boolean;
}

export interface Message {
  readonly address: number;
  readonly flags: number;
  readonly length: number;
  /** What a write carries; empty for reads. */
  readonly bytes: Uint8Array;
}

/** One I2C_RDWR as the adapter's driver got it. */
export interface Transfer {
  readonly messages: readonly Message[];
  /** adapter->timeout and adapter->retries at that moment. */
  readonly timeoutMs: number;
  readonly retries: number;
}

/** `errno` 0: done. `reads`: the bytes of each read message. undefined: never answered. */
export interface Answer {
  readonly errno: number;
  readonly reads: readonly Uint8Array[];
}

export interface GpioEvent {
  readonly line: number;
  readonly output: boolean;
  readonly level: number;
  /** CLOCK_MONOTONIC in milliseconds. */
  readonly atMs: number;
}

export class SimAdapter {
  readonly transfers: Transfer[] = [];
  readonly gpioEvents: GpioEvent[] = [];
  /** Transfers that the driver gave up before they were answered. */
  lost = 0;
  number = -1;
  onTransfer: (transfer: Transfer) => Promise<Answer | undefined> | Answer | undefined = () => failed(6);
  onLost: () => void = () => undefined;
  onGpio: (event: GpioEvent) => void = () => undefined;
  readonly #fd: number;
  readonly #ended: Promise<void>;

  private constructor(fd: number, ready: () => void) {
    this.#fd = fd;
    this.#ended = this.#serve(ready);
  }

  /** Resolves when /dev/i2c-N is there. */
  static async open(options: AdapterOptions = {}): Promise<SimAdapter> {
    const fd = await openFile("/dev/i2csim", "r+");
    writeSync(fd, setupRecord(options));
    return new Promise((resolve, reject) => {
      const adapter: SimAdapter = new SimAdapter(fd, () => resolve(adapter));
      adapter.#ended.catch(reject);
    });
  }

  get path(): string {
    return `/dev/i2c-${this.number}`;
  }

  /** What an input line reads. */
  setInput(line: number, level: number): void {
    writeSync(this.#fd, command(COMMAND.level, line, level));
  }

  /** Takes the adapter away: a pending transfer ends with ENODEV. Resolves when every /dev/i2c-N descriptor is closed too. */
  async close(): Promise<void> {
    writeSync(this.#fd, command(COMMAND.end, 0, 0));
    await this.#ended;
    await closeFile(this.#fd);
  }

  async #serve(ready: () => void): Promise<void> {
    const buffer = Buffer.alloc(1 << 20);
    for (;;) {
      const { bytesRead } = await readFrom(this.#fd, buffer, 0, buffer.length, null);
      const event = buffer.subarray(0, bytesRead);
      const type = event.readUInt32LE(0);
      if (type === EVENT.end) return;
      if (type === EVENT.ready) {
        this.number = event.readUInt32LE(20);
        ready();
      } else this.#handle(type, event);
    }
  }

  #handle(type: number, event: Buffer): void {
    if (type === EVENT.gpio) this.#gpio(event);
    else if (type === EVENT.lost) {
      this.lost++;
      this.onLost();
    } else if (type === EVENT.transfer) void this.#transfer(event.readUInt32LE(16), transferOf(event));
  }

  #gpio(event: Buffer): void {
    const atMs = Number(event.readBigUInt64LE(8)) / 1e6;
    const change = {
      line: event.readUInt32LE(20),
      output: event.readUInt32LE(24) === 1,
      level: event.readUInt32LE(28),
      atMs,
    };
    this.gpioEvents.push(change);
    this.onGpio(change);
  }

  async #transfer(sequence: number, transfer: Transfer): Promise<void> {
    this.transfers.push(transfer);
    const answer = await this.onTransfer(transfer);
    if (answer === undefined) return;
    const data = answer.errno === 0 ? Buffer.concat(answer.reads) : Buffer.alloc(0);
    try {
      writeSync(
        this.#fd,
        Buffer.concat([command(COMMAND.reply, sequence, -answer.errno, data.length), data]),
      );
    } catch (error) {
      // The driver gave up: an EV_LOST tells. libuv has no name for it.
      if ((error as NodeJS.ErrnoException).errno !== -ESTALE) throw error;
    }
  }
}

export const failed = (errno: number): Answer => ({ errno, reads: [] });
export const done = (...reads: readonly Uint8Array[]): Answer => ({ errno: 0, reads });
export const isRead = (message: Message): boolean => (message.flags & I2C_M_RD) !== 0;

function setupRecord(options: AdapterOptions): Buffer {
  const record = Buffer.alloc(SETUP_BYTES);
  const lines = options.lines ?? [];
  record.writeInt32LE(options.bus ?? -1, 0);
  record.writeUInt32LE((options.functionality ?? PLAIN_I2C) >>> 0, 4);
  record.writeUInt32LE(
    (options.interruptible ? INTERRUPTIBLE : 0) | (options.gpioReverts ? GPIO_REVERT : 0),
    8,
  );
  record.writeUInt32LE(options.fixedTimeoutMs ?? 0, 12);
  record.writeUInt32LE(options.maxMessages ?? 0, 16);
  record.writeUInt32LE(options.maxWrite ?? 0, 20);
  record.writeUInt32LE(options.maxRead ?? 0, 24);
  record.writeUInt32LE(lines.length, 28);
  lines.forEach((name, index) => record.write(name, 32 + 16 * index, 15, "latin1"));
  record.write(options.name ?? "", 160, 47, "latin1");
  return record;
}

/** I2C_FUNC_I2C and what the kernel makes of it, I2C_FUNC_SMBUS_EMUL. */
export const PLAIN_I2C = 0x0eff_0009;

function command(type: number, sequence: number, result: number, length = 0): Buffer {
  const record = Buffer.alloc(16);
  record.writeUInt32LE(type, 0);
  record.writeUInt32LE(sequence, 4);
  record.writeInt32LE(result, 8);
  record.writeUInt32LE(length, 12);
  return record;
}

function transferOf(event: Buffer): Transfer {
  const messages: Message[] = [];
  let at = EVENT_BYTES;
  for (let left = event.readUInt32LE(20); left > 0; left--) {
    const [address, flags, length] = [
      event.readUInt16LE(at),
      event.readUInt16LE(at + 2),
      event.readUInt16LE(at + 4),
    ];
    at += 8;
    const carried = (flags & I2C_M_RD) === 0 ? length : 0;
    messages.push({
      address,
      flags: flags & ~DMA_SAFE,
      length,
      bytes: Uint8Array.from(event.subarray(at, at + carried)),
    });
    at += carried;
  }
  return { messages, timeoutMs: event.readUInt32LE(24), retries: event.readUInt32LE(28) };
}
