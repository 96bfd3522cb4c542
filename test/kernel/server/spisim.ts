/**
 * The program behind /dev/spisim: an SPI controller of the test kernel with one spidev, served from this process.
 * The records are those of kmod/spisim.h, in the machine's byte order (little endian here).
 */
import { close, open, read, writeSync } from "node:fs";
import { promisify } from "node:util";
import type { Clock, SimulatedChip } from "../../../src/simulator/chip.js";
import { RealClock } from "../../../src/simulator/clock.js";

const openFile = promisify(open);
const readFrom = promisify(read);
const closeFile = promisify(close);

const EVENT = { ready: 0, message: 1, end: 2 } as const;
const COMMAND = { reply: 0, end: 1 } as const;
const EVENT_BYTES = 32;
const TRANSFER_BYTES = 16;
const SETUP_BYTES = 16;

export interface SpiTransfer {
  readonly mosi: Uint8Array;
  readonly speedHz: number;
  /** After the transfer, and between its words. */
  readonly delayUs: number;
  readonly wordDelayUs: number;
}

/** One spi_message: what one ioctl of spidev becomes. The chip select is held over it. */
export interface SpiMessage {
  readonly transfers: readonly SpiTransfer[];
  readonly mode: number;
  readonly bitsPerWord: number;
}

/** What came back on MISO, or the errno with which the controller fails. */
export type SpiAnswer = Uint8Array | number;

export class SimController {
  /** The first ones. */
  readonly messages: SpiMessage[] = [];
  number = -1;
  onMessage: (message: SpiMessage) => SpiAnswer = () => EIO;
  readonly #fd: number;
  readonly #ended: Promise<void>;

  private constructor(fd: number, ready: () => void) {
    this.#fd = fd;
    this.#ended = this.#serve(ready);
  }

  /** Resolves when /dev/spidevN.0 is there. */
  static async open(bus: number): Promise<SimController> {
    const fd = await openFile("/dev/spisim", "r+");
    const setup = Buffer.alloc(SETUP_BYTES);
    setup.writeInt32LE(bus, 0);
    writeSync(fd, setup);
    return new Promise((resolve, reject) => {
      const controller: SimController = new SimController(fd, () => resolve(controller));
      controller.#ended.catch(reject);
    });
  }

  get path(): string {
    return `/dev/spidev${this.number}.0`;
  }

  /** Takes the controller away: the device of a program that still has it open ends with ESHUTDOWN. */
  async close(): Promise<void> {
    writeSync(this.#fd, command(COMMAND.end, 0, 0, 0));
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
      } else this.#answer(event.readUInt32LE(16), messageOf(event));
    }
  }

  #answer(sequence: number, message: SpiMessage): void {
    if (this.messages.length < KEPT) this.messages.push(message);
    const answer = this.onMessage(message);
    const miso = typeof answer === "number" ? new Uint8Array(0) : answer;
    const result = typeof answer === "number" ? -answer : 0;
    writeSync(this.#fd, Buffer.concat([command(COMMAND.reply, sequence, result, miso.length), miso]));
  }
}

const EIO = 5;
const KEPT = 500;

function command(type: number, sequence: number, result: number, length: number): Buffer {
  const record = Buffer.alloc(16);
  record.writeUInt32LE(type, 0);
  record.writeUInt32LE(sequence, 4);
  record.writeInt32LE(result, 8);
  record.writeUInt32LE(length, 12);
  return record;
}

function messageOf(event: Buffer): SpiMessage {
  const transfers: SpiTransfer[] = [];
  const own = Uint8Array.from(event); // the next event comes into the same memory
  let at = EVENT_BYTES;
  for (let left = event.readUInt32LE(20); left > 0; left--) {
    const length = event.readUInt32LE(at);
    transfers.push({
      mosi: own.subarray(at + TRANSFER_BYTES, at + TRANSFER_BYTES + length),
      speedHz: event.readUInt32LE(at + 4),
      delayUs: event.readUInt16LE(at + 8),
      wordDelayUs: event.readUInt16LE(at + 10),
    });
    at += TRANSFER_BYTES + length;
  }
  return { transfers, mode: event.readUInt32LE(24), bitsPerWord: event.readUInt32LE(28) };
}

/** Real time, looked at once for each message: under User Mode Linux every look is a system call, and a chip looks for each byte. */
export class MessageClock implements Clock {
  readonly #real = new RealClock();
  #nowMs = this.#real.now();

  now(): number {
    return this.#nowMs;
  }

  look(): void {
    this.#nowMs = this.#real.now();
  }
}

/** The gap in front of a byte is what the message asks for; between two messages there is time enough. */
export function putBehindSpi(controller: SimController, chip: SimulatedChip, clock: MessageClock): void {
  controller.onMessage = ({ transfers }) => {
    clock.look();
    const miso: number[] = [];
    let gapUs = Infinity;
    for (const { mosi, delayUs, wordDelayUs } of transfers) {
      for (const byte of mosi) {
        miso.push(chip.spiExchange(byte, gapUs));
        gapUs = wordDelayUs;
      }
      gapUs = delayUs;
    }
    return Uint8Array.from(miso);
  };
}
