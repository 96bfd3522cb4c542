/**
 * Plugs modelled USB devices into the running kernel through vhci-hcd: USB/IP over a socket pair, no network and no usbip tools. So the
 * kernel's own drivers are all that lies between i2c-dev and us. Messages: Documentation/usb/usbip_protocol.rst.
 */
import { rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

const HEADER_BYTES = 48;
const SUBMIT = 1;
const UNLINK = 2;
const REPLY_TO_SUBMIT = 3;
const REPLY_TO_UNLINK = 4;
const EPIPE = 32;
const ECONNRESET = 104;

const VHCI = "/sys/devices/platform/vhci_hcd.0/attach";
const FULL_SPEED = 2;
/** An interrupt endpoint is served once a frame. */
const FRAME_MS = 1;

/** A request on endpoint 0: USB 2.0, section 9.3. */
export interface ControlRequest {
  readonly type: number;
  readonly code: number;
  readonly value: number;
  readonly index: number;
  readonly length: number;
  /** Of a request to the device. */
  readonly data: Buffer;
}

export interface UsbDevice {
  readonly descriptor: Uint8Array;
  readonly configuration: Uint8Array;
  readonly strings: Readonly<Record<number, string>>;
  /** What is no standard request to the device. undefined: not known, the endpoint stalls. */
  control(request: ControlRequest): Promise<Uint8Array | undefined> | Uint8Array | undefined;
  /** Data for an interrupt endpoint. */
  output?(data: Buffer): void;
}

interface Pending {
  readonly request: Buffer;
  readonly length: number;
}

export class UsbPort {
  readonly #socket: Socket;
  readonly #device: UsbDevice;
  #input = Buffer.alloc(0);
  /** The longest that a frame took: more than the kernel's driver bears, and its time-outs are the host's fault. */
  longestFrameMs = 0;
  /** Endpoint 0 takes one request after the other. */
  #control: Promise<void> = Promise.resolve();
  /** Asked for on the interrupt endpoint, and not there yet; and the other way round. */
  readonly #waiting: Pending[] = [];
  readonly #ready: Uint8Array[] = [];

  private constructor(socket: Socket, device: UsbDevice) {
    this.#socket = socket;
    this.#device = device;
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      this.#input = Buffer.concat([this.#input, chunk]);
      for (let request = this.#take(); request !== undefined; request = this.#take()) this.#serve(request);
    });
  }

  /** @param number of the virtual port, 0 to 7 */
  static async plugIn(device: UsbDevice, number: number): Promise<UsbPort> {
    const { ours, theirs } = await socketPair(number);
    const port = new UsbPort(ours, device);
    writeFileSync(VHCI, `${number} ${theirs} ${0x10001 + number} ${FULL_SPEED}`);
    return port;
  }

  unplug(): void {
    this.#socket.destroy();
  }

  /** From the device's interrupt endpoint. */
  send(data: Uint8Array): void {
    this.#ready.push(data);
    this.#deliver();
  }

  #take(): Buffer | undefined {
    if (this.#input.length < HEADER_BYTES) return undefined;
    const out = this.#input.readUInt32BE(0) === SUBMIT && this.#input.readUInt32BE(12) === 0;
    const size = HEADER_BYTES + (out ? this.#input.readUInt32BE(24) : 0);
    if (this.#input.length < size) return undefined;
    const request = this.#input.subarray(0, size);
    this.#input = this.#input.subarray(size);
    return request;
  }

  #serve(request: Buffer): void {
    const isInput = request.readUInt32BE(12) === 1;
    const length = request.readUInt32BE(24);
    if (request.readUInt32BE(0) === UNLINK) this.#unlink(request);
    else if (request.readUInt32BE(16) === 0)
      this.#control = this.#control.then(() => this.#answer(request, isInput, length));
    else if (isInput) {
      this.#waiting.push({ request, length });
      this.#deliver();
    } else void this.#output(request);
  }

  async #output(request: Buffer): Promise<void> {
    await this.#frame();
    const data = request.subarray(HEADER_BYTES);
    this.#reply(request, data.length);
    this.#device.output?.(data);
  }

  async #frame(): Promise<void> {
    const startMs = performance.now();
    await sleep(FRAME_MS);
    this.longestFrameMs = Math.max(this.longestFrameMs, performance.now() - startMs);
  }

  #deliver(): void {
    while (this.#waiting.length > 0 && this.#ready.length > 0) {
      const { request, length } = this.#waiting.shift()!;
      const data = this.#ready.shift()!.subarray(0, length);
      void this.#frame().then(() => this.#reply(request, data.length, data));
    }
  }

  /** What waits is given up; what was answered already is not there any more. */
  #unlink(request: Buffer): void {
    const number = request.readUInt32BE(20);
    const at = this.#waiting.findIndex((pending) => pending.request.readUInt32BE(4) === number);
    if (at >= 0) this.#waiting.splice(at, 1);
    const reply = Buffer.alloc(HEADER_BYTES);
    reply.writeUInt32BE(REPLY_TO_UNLINK, 0);
    request.copy(reply, 4, 4, 8);
    reply.writeInt32BE(at >= 0 ? -ECONNRESET : 0, 20);
    this.#write(reply);
  }

  async #answer(request: Buffer, isInput: boolean, length: number): Promise<void> {
    const setup = request.subarray(40, 48);
    const [type, code, value, index] = [setup[0]!, setup[1]!, setup.readUInt16LE(2), setup.readUInt16LE(4)];
    const data = request.subarray(HEADER_BYTES);
    const answer = standardAnswer(this.#device, { type, code, value }) ?? (await this.#device.control({ type, code, value, index, length, data })); // prettier-ignore
    const sent = isInput ? answer?.subarray(0, length) : undefined;
    if (answer === undefined) this.#reply(request, 0, undefined, -EPIPE);
    else this.#reply(request, sent?.length ?? length, sent);
  }

  #reply(request: Buffer, length: number, data: Uint8Array = new Uint8Array(0), status = 0): void {
    const reply = Buffer.alloc(HEADER_BYTES);
    reply.writeUInt32BE(REPLY_TO_SUBMIT, 0);
    request.copy(reply, 4, 4, 8); // sequence number
    reply.writeInt32BE(status, 20);
    reply.writeUInt32BE(length, 24);
    this.#write(Buffer.concat([reply, data]));
  }

  #write(bytes: Buffer): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }
}

const TO_DEVICE = 0x00;
const GET_DESCRIPTOR = 6;

/** What every device answers in the same way. Set Address and Set Configuration need nothing but "done". */
function standardAnswer(
  device: UsbDevice,
  { type, code, value }: Pick<ControlRequest, "type" | "code" | "value">,
): Uint8Array | undefined {
  if (type === 0x80 && code === GET_DESCRIPTOR) return descriptor(device, value);
  if ((type & 0x60) === 0 && code === 0 && (type & 0x80) !== 0) return new Uint8Array(2);
  return (type & 0xe0) === TO_DEVICE ? new Uint8Array() : undefined;
}

function descriptor(device: UsbDevice, value: number): Uint8Array | undefined {
  const index = value & 0xff;
  if (value >> 8 === 1) return device.descriptor;
  if (value >> 8 === 2) return device.configuration;
  if (value >> 8 !== 3) return undefined;
  if (index === 0) return Uint8Array.of(4, 3, 0x09, 0x04);
  const text = Buffer.from(device.strings[index] ?? "", "utf16le");
  return Buffer.concat([Uint8Array.of(2 + text.length, 3), text]);
}

/** Two ends of one stream: a Node socket, and a descriptor that nobody here reads, for the kernel. */
async function socketPair(number: number): Promise<{ ours: Socket; theirs: number }> {
  const path = `/run/usbip.${process.pid}.${number}`;
  const server = createServer({ pauseOnConnect: true });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
  const ours = connect(path);
  const theirs = await accepted;
  server.close();
  rmSync(path, { force: true });
  // Node tells a socket's descriptor nowhere else.
  const { fd } = (theirs as unknown as { _handle: { fd: number } })._handle;
  return { ours, theirs: fd };
}
