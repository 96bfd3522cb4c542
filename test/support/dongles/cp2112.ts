/**
 * Silicon Labs CP2112, from AN495 (HID USB-to-SMBus interface specification) and what its users report. Strict: what the chip ignores
 * is a complaint. Reports are numbered, 16-bit fields are big-endian.
 */
import type { Wire } from "./wire.js";
import { configuration, hidInterface, padded, reportDescriptor, type HidDongle } from "./hid-dongle.js";

const ID = {
  reset: 0x01,
  gpioConfig: 0x02,
  gpioGet: 0x03,
  gpioSet: 0x04,
  version: 0x05,
  smbus: 0x06,
  read: 0x10,
  writeRead: 0x11,
  forceSend: 0x12,
  data: 0x13,
  write: 0x14,
  askStatus: 0x15,
  status: 0x16,
  cancel: 0x17,
} as const;

const DESCRIPTOR = reportDescriptor([
  { id: ID.reset, bytes: 1, kind: "feature" },
  { id: ID.gpioConfig, bytes: 4, kind: "feature" },
  { id: ID.gpioGet, bytes: 1, kind: "feature" },
  { id: ID.gpioSet, bytes: 2, kind: "feature" },
  { id: ID.version, bytes: 2, kind: "feature" },
  { id: ID.smbus, bytes: 13, kind: "feature" },
  ...[ID.read, ID.writeRead, ID.forceSend, ID.write, ID.askStatus, ID.cancel].map(
    (id) => ({ id, bytes: 63, kind: "output" }) as const,
  ),
  { id: ID.data, bytes: 63, kind: "input" },
  { id: ID.status, bytes: 63, kind: "input" },
]);

const MOST_WRITE = 61;
const MOST_READ = 512;
const DATA_BYTES = 61;

/** First byte of a status; the second says more. */
const STATUS = { idle: 0, busy: 1, done: 2, failed: 3 } as const;
const ADDRESS_NOT_ACKNOWLEDGED = 0;
const OK = 5;

export class Cp2112 implements HidDongle {
  readonly vendor = 0x10c4;
  readonly product = 0xea90;
  readonly reportDescriptor = DESCRIPTOR;
  readonly configuration = configuration(1, hidInterface(0, [0x81, 0x01], DESCRIPTOR.length));
  readonly complaints: string[] = [];
  onInput: (report: Uint8Array) => void = () => undefined;
  readonly #gpio = [0, 0, 0, 0];
  /** Clock, own address, auto-send-read, write and read time-out, SCL-low time-out, retries (0: for ever). */
  #smbus = [0x00, 0x01, 0x86, 0xa0, 0x02, 0, 0, 0, 0, 0, 0, 0, 0];
  #status: readonly [number, number] = [STATUS.idle, 0];
  #tries = 0;
  #bytes = 0;
  #endMs = 0;
  #readData: Uint8Array = new Uint8Array(0);

  constructor(readonly wire: Wire) {}

  getFeature(id: number): Uint8Array | undefined {
    if (id === ID.version) return Uint8Array.of(id, 0x0c, 2);
    if (id === ID.smbus) return Uint8Array.of(id, ...this.#smbus);
    if (id === ID.gpioConfig) return Uint8Array.of(id, ...this.#gpio);
    if (id === ID.gpioGet) return Uint8Array.of(id, 0);
    return undefined;
  }

  setFeature(report: Uint8Array): void {
    if (report[0] !== ID.smbus) return;
    this.#smbus = [...report.subarray(1, 14)];
    this.wire.clockHz = new DataView(Uint8Array.from(this.#smbus).buffer).getUint32(0);
  }

  output(report: Uint8Array): void {
    const word = (at: number): number => (report[at]! << 8) | report[at + 1]!;
    switch (report[0]) {
      case ID.write:
        return this.#write(report[1]! >> 1, report.subarray(3, 3 + report[2]!), report[2]!);
      case ID.read:
        return this.#read(report[1]! >> 1, word(2));
      case ID.forceSend:
        return this.#send(word(1));
      case ID.askStatus:
        return this.#tell();
      case ID.cancel:
        this.#status = [STATUS.idle, 0];
        this.#endMs = 0;
        return;
      default:
        this.complaints.push(`report ${report[0]} is not one of a transfer`);
    }
  }

  get #isBusy(): boolean {
    return this.#status[0] === STATUS.busy && this.wire.clock.now() < this.#endMs;
  }

  #mayStart(length: number, most: number): boolean {
    if (this.#isBusy) this.complaints.push("a transfer was asked for while another one ran: dropped");
    else if (length === 0 || length > most) this.complaints.push(`${length} bytes in one transfer: ignored`);
    else return true;
    return false;
  }

  #write(address: number, bytes: Uint8Array, length: number): void {
    if (!this.#mayStart(length, MOST_WRITE)) return;
    this.#run(() => this.wire.write(address, bytes), length);
  }

  #read(address: number, length: number): void {
    if (!this.#mayStart(length, MOST_READ)) return;
    this.#readData = this.#run(() => this.wire.readFrom(address, length), length);
  }

  /** What is not acknowledged is repeated as often as the set-up says. */
  #run(once: () => ReturnType<Wire["write"]>, length: number): Uint8Array {
    const retries = (this.#smbus[11]! << 8) | this.#smbus[12]!;
    let result = once();
    for (this.#tries = 0; !result.acknowledged && this.#tries < Math.max(1, retries); this.#tries++)
      result = once();
    this.#endMs = result.endMs;
    this.#status = [STATUS.busy, result.acknowledged ? OK : ADDRESS_NOT_ACKNOWLEDGED];
    this.#bytes = result.acknowledged ? length : 0;
    return result.bytes;
  }

  #tell(): void {
    let [state, detail] = this.#status;
    if (this.#isBusy) detail = 0;
    else if (state === STATUS.busy) state = detail === OK ? STATUS.done : STATUS.failed;
    this.#input([ID.status, state, detail, this.#tries >> 8, this.#tries, this.#bytes >> 8, this.#bytes]);
    if (state !== STATUS.busy) this.#status = [STATUS.idle, 0];
  }

  /** As many reports as it takes; an empty one where there is nothing more. */
  #send(length: number): void {
    if (this.#isBusy || this.#readData.length === 0) return this.#input([ID.data, 2, 0]);
    for (let left = length; left > 0 && this.#readData.length > 0;) {
      const part = this.#readData.subarray(0, Math.min(DATA_BYTES, left));
      this.#readData = this.#readData.subarray(part.length);
      left -= part.length;
      this.#input([ID.data, STATUS.done, part.length, ...part]);
    }
  }

  #input(bytes: readonly number[]): void {
    this.onInput(padded(bytes));
  }
}
