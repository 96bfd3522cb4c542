/**
 * FTDI FT260, from DS_FT260 and AN_394 and what its users report. Reports are numbered, 16-bit fields are little-endian. Strict: a
 * data report whose number does not fit its length, or data outside a transfer, is a complaint.
 */
import { configuration, hidInterface, reportDescriptor, type HidDongle } from "./hid-dongle.js";
import type { Wire } from "./wire.js";

const ID = { chip: 0xa0, system: 0xa1, status: 0xc0, read: 0xc2, data: 0xd0, lastData: 0xde } as const;
const REQUEST = { reset: 0x20, clock: 0x22 } as const;
const FLAG = { start: 0x02, repeated: 0x01, stop: 0x04 } as const;

/** Bits of the status. */
const STATUS = { busy: 0x01, error: 0x02, addressNotAcknowledged: 0x04, idle: 0x20, busBusy: 0x40 } as const;
const NACK = STATUS.error | STATUS.addressNotAcknowledged | STATUS.idle;
const CHUNK_BYTES = 60;

const dataIds = Array.from({ length: ID.lastData - ID.data + 1 }, (_, index) => ID.data + index);
const dataId = (length: number): number => ID.data + ((length - 1) >> 2);

const DESCRIPTOR = reportDescriptor([
  { id: ID.chip, bytes: 12, kind: "feature" },
  { id: ID.system, bytes: 24, kind: "feature" },
  { id: ID.status, bytes: 4, kind: "feature" },
  { id: ID.read, bytes: 4, kind: "output" },
  ...dataIds.flatMap((id) => [
    { id, bytes: 4 * (id - ID.data) + 7, kind: "output" } as const,
    { id, bytes: 63, kind: "input" } as const,
  ]),
]);

export class Ft260 implements HidDongle {
  readonly vendor = 0x0403;
  readonly product = 0x6030;
  readonly reportDescriptor = DESCRIPTOR;
  readonly configuration = configuration(1, hidInterface(0, [0x81, 0x02], DESCRIPTOR.length));
  readonly complaints: string[] = [];
  onInput: (report: Uint8Array) => void = () => undefined;
  /** Of a write between START and STOP. */
  #open: { readonly address: number; readonly bytes: number[] } | undefined;
  #status: number = STATUS.idle;
  #endMs = 0;

  constructor(readonly wire: Wire) {}

  getFeature(id: number, length: number): Uint8Array | undefined {
    const report = new Uint8Array(length);
    report[0] = id;
    if (id === ID.chip) report.set([0x02, 0x60, 0x02, 0x00], 1);
    else if (id === ID.system)
      report.set([1, 2, 0, 1, 1], 1); // I2C alone, 48 MHz, ready, I2C on
    else if (id === ID.status) report.set([this.#now(), ...this.#clock()], 1);
    else return undefined;
    return report;
  }

  setFeature(report: Uint8Array): void {
    if (report[0] !== ID.system) return;
    if (report[1] === REQUEST.clock) this.wire.clockHz = 1000 * (report[2]! | (report[3]! << 8));
    if (report[1] !== REQUEST.reset) return;
    this.#open = undefined;
    this.#status = STATUS.idle;
    this.#endMs = 0;
  }

  output(report: Uint8Array): void {
    const [id = 0, address = 0, flags = 0] = report;
    if (id === ID.read) this.#read(address, flags, report[3]! | (report[4]! << 8));
    else if (id >= ID.data && id <= ID.lastData) this.#write(address, flags, report);
    else this.complaints.push(`report ${id} is not one of a transfer`);
  }

  #clock(): number[] {
    const kHz = Math.round(this.wire.clockHz / 1000);
    return [kHz & 0xff, kHz >> 8];
  }

  #now(): number {
    return this.wire.clock.now() < this.#endMs ? STATUS.busy | STATUS.busBusy : this.#status;
  }

  #write(address: number, flags: number, report: Uint8Array): void {
    const length = report[3]!;
    const bytes = report.subarray(4, 4 + length);
    if (report[0] !== dataId(length) || bytes.length < length)
      this.complaints.push(`report ${report[0]} with ${length} bytes`);
    if (flags & FLAG.start) {
      if (this.#open) this.complaints.push("a START inside a write");
      this.#open = { address, bytes: [] };
    }
    if (!this.#open || this.#open.address !== address)
      return void this.complaints.push("data without a START");
    this.#open.bytes.push(...bytes);
    this.#status = STATUS.busBusy; // the bus stays ours until the STOP
    this.#endMs = this.wire.clock.now() + this.wire.bitsMs(length);
    if (!(flags & FLAG.stop)) return;
    const { acknowledged, endMs } = this.wire.write(address, Uint8Array.from(this.#open.bytes));
    this.#open = undefined;
    this.#status = acknowledged ? STATUS.idle : NACK;
    this.#endMs = endMs;
  }

  /** Nobody there: what comes is no data, and the status says so after a short read only. */
  #read(address: number, flags: number, length: number): void {
    if (!(flags & FLAG.start) || !(flags & FLAG.stop)) this.complaints.push("a read in pieces");
    const { acknowledged, endMs, bytes } = this.wire.readFrom(address, length);
    const data = acknowledged ? bytes : new Uint8Array(length).fill(0xff);
    this.#status = acknowledged || length > CHUNK_BYTES ? STATUS.idle : NACK;
    this.#endMs = endMs;
    setTimeout(() => this.#send(data), Math.ceil(endMs - this.wire.clock.now()));
  }

  #send(data: Uint8Array): void {
    for (let at = 0; at < data.length; at += CHUNK_BYTES) {
      const part = data.subarray(at, at + CHUNK_BYTES);
      const report = new Uint8Array(64);
      report.set([dataId(part.length), part.length, ...part]);
      this.onInput(report);
    }
  }
}
