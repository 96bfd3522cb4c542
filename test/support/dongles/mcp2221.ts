/**
 * Microchip MCP2221(A), from DS20005292 and DS20005565 and what its users report. Reports have 64 bytes and no number; each command has
 * one answer. Strict: what the chip refuses is in its answer, what it would not understand a complaint. 16-bit fields are little-endian.
 */
import { configuration, hidInterface, padded, reportDescriptor, type HidDongle } from "./hid-dongle.js";
import type { Wire, WireResult } from "./wire.js";

const COMMAND = { status: 0x10, fetch: 0x40, setGpio: 0x50, getGpio: 0x51, write: 0x90, read: 0x91 } as const;
const CANCEL = 0x10;
const SET_SPEED = 0x20;
const REFUSED = 0x21;

/** States of the I2C engine. */
const STATE = {
  idle: 0x00,
  notAcknowledged: 0x25,
  sending: 0x41,
  reading: 0x50,
  more: 0x54,
  last: 0x55,
} as const;
const NOT_ACKNOWLEDGED_BIT = 0x40;
const NOT_READY = 127;
const CHUNK_BYTES = 60;
const NOT_GPIO = [0xee, 0xef];

const DESCRIPTOR = reportDescriptor([
  { bytes: 64, kind: "input" },
  { bytes: 64, kind: "output" },
]);

/** The serial port beside it: communication (an interrupt endpoint) and data (two bulk ones). Nobody uses it here. */
const SERIAL_PORT = [
  ...[9, 4, 0, 0, 1, 2, 2, 1, 0, 7, 5, 0x81, 3, 8, 0, 2],
  ...[9, 4, 1, 0, 2, 10, 0, 0, 0, 7, 5, 0x82, 2, 16, 0, 0, 7, 5, 0x02, 2, 16, 0, 0],
];

export class Mcp2221 implements HidDongle {
  readonly vendor = 0x04d8;
  readonly product = 0x00dd;
  readonly reportDescriptor = DESCRIPTOR;
  readonly configuration = configuration(3, [
    ...SERIAL_PORT,
    ...hidInterface(2, [0x83, 0x03], DESCRIPTOR.length),
  ]);
  readonly complaints: string[] = [];
  onInput: (report: Uint8Array) => void = () => undefined;
  #divider = 118;
  #address = 0;
  #requested = 0;
  /** What came of a write so far: it goes to the chip with its last chunk. */
  #collected: number[] = [];
  #result: WireResult | undefined;
  #endMs = 0;
  #unread: Uint8Array | undefined;

  constructor(readonly wire: Wire) {}

  getFeature(): undefined {
    return undefined;
  }

  setFeature(): void {
    this.complaints.push("this chip has no feature reports");
  }

  output(report: Uint8Array): void {
    const [command, low, high, address] = report;
    const length = (low ?? 0) | ((high ?? 0) << 8);
    switch (command) {
      case COMMAND.status:
        return this.#status(report);
      case COMMAND.write:
        return this.#write(address! >> 1, length, report.subarray(4));
      case COMMAND.read:
        return this.#read(address! >> 1, length);
      case COMMAND.fetch:
        return this.#fetch();
      case COMMAND.setGpio:
      case COMMAND.getGpio:
        return this.#answer([command, 0, ...NOT_GPIO, ...NOT_GPIO, ...NOT_GPIO, ...NOT_GPIO]);
      default:
        this.complaints.push(`command ${command} is not known`);
        this.#answer([command!, 1]);
    }
  }

  get #isBusy(): boolean {
    return this.wire.clock.now() < this.#endMs;
  }

  get #state(): number {
    if (this.#isBusy) return this.#unread === undefined ? STATE.sending : STATE.reading;
    if (this.#result?.acknowledged === false) return STATE.notAcknowledged;
    if (this.#unread === undefined) return STATE.idle;
    return this.#unread.length > CHUNK_BYTES ? STATE.more : STATE.last;
  }

  #status(report: Uint8Array): void {
    const busy = this.#isBusy;
    const cancelled = report[2] === CANCEL;
    if (cancelled) this.#forget();
    const asked = report[3] === SET_SPEED;
    if (asked && !busy) {
      this.#divider = report[4]!;
      this.wire.clockHz = 12_000_000 / (this.#divider + 3);
    }
    const answer = [
      ...padded([
        COMMAND.status,
        0,
        cancelled ? CANCEL : 0,
        asked ? (busy ? REFUSED : SET_SPEED) : 0,
        report[4] ?? 0,
      ]),
    ];
    answer[8] = this.#state;
    answer[9] = this.#requested;
    answer[10] = this.#requested >> 8;
    answer[14] = this.#divider;
    answer[16] = this.#address << 1;
    answer[20] = !busy && this.#result?.acknowledged === false ? NOT_ACKNOWLEDGED_BIT : 0;
    answer[22] = answer[23] = 1;
    this.#answer(answer);
  }

  #forget(): void {
    this.#collected = [];
    this.#result = this.#unread = undefined;
    this.#endMs = 0;
  }

  /** Its first chunk begins a transfer; a chunk is refused while the one before it is clocked out. */
  #write(address: number, length: number, data: Uint8Array): void {
    if (this.#isBusy) return this.#answer([COMMAND.write, 1, this.#state]);
    if (this.#collected.length === 0) this.#forget();
    if (this.#collected.length > 0 && length !== this.#requested)
      this.complaints.push(`a chunk of a write of ${length} bytes inside one of ${this.#requested}`);
    const part = data.subarray(0, Math.min(CHUNK_BYTES, length - this.#collected.length));
    [this.#address, this.#requested] = [address, length];
    this.#collected.push(...part);
    if (length > 0 && this.#collected.length === length) {
      this.#result = this.wire.write(address, Uint8Array.from(this.#collected));
      this.#collected = [];
    }
    const stretchMs = this.#result
      ? Math.max(0, this.#result.endMs - this.wire.clock.now() - this.wire.bitsMs(length))
      : 0;
    this.#endMs = this.wire.clock.now() + this.wire.bitsMs(part.length) + stretchMs;
    this.#answer([COMMAND.write, 0, STATE.idle]);
  }

  #read(address: number, length: number): void {
    if (this.#isBusy) return this.#answer([COMMAND.read, 1, this.#state]);
    this.#forget();
    [this.#address, this.#requested] = [address, length];
    if (length > 0) {
      this.#result = this.wire.readFrom(address, length);
      this.#endMs = this.#result.endMs;
      if (this.#result.acknowledged) this.#unread = this.#result.bytes;
    }
    this.#answer([COMMAND.read, 0, STATE.idle]);
  }

  #fetch(): void {
    const state = this.#state;
    if (state !== STATE.more && state !== STATE.last)
      return this.#answer([COMMAND.fetch, state === STATE.notAcknowledged ? 0 : 0x41, state, NOT_READY]);
    const part = this.#unread!.subarray(0, CHUNK_BYTES);
    const rest = this.#unread!.subarray(part.length);
    this.#unread = rest.length > 0 ? rest : undefined;
    this.#answer([COMMAND.fetch, 0, state, part.length, ...part]);
  }

  #answer(bytes: readonly number[]): void {
    this.onInput(padded(bytes));
  }
}
