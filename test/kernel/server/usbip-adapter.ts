/**
 * An "i2c-tiny-usb" adapter in this process, plugged into the running kernel through vhci-hcd: USB/IP over a socket pair, no
 * network and no usbip tools. So the kernel's own drivers are all that lies between i2c-dev and us.
 * USB/IP messages: Documentation/usb/usbip_protocol.rst. The adapter's requests: drivers/i2c/busses/i2c-tiny-usb.c.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Transfer } from "./i2csim.js";
import { I2C_M_RD, PLAIN_I2C } from "./i2csim.js";

const HEADER_BYTES = 48;
const SUBMIT = 1;
const UNLINK = 2;
const REPLY_TO_SUBMIT = 3;
const REPLY_TO_UNLINK = 4;
const EPIPE = 32;

/** Vendor requests of the adapter; 4 to 7 are transfers. */
const REQUEST = { functionality: 1, setDelay: 2, status: 3, transfer: 4 } as const;
const STATUS = { acknowledged: 1, refused: 2 } as const;

/** Device 0403:c631, one configuration, one interface without endpoints but control. */
const DEVICE = Uint8Array.of(18, 1, 0x10, 0x01, 0xff, 0, 0, 8, 0x03, 0x04, 0x31, 0xc6, 5, 1, 1, 2, 0, 1);
const CONFIGURATION = Uint8Array.of(9, 2, 18, 0, 1, 1, 0, 0x80, 10, 9, 4, 0, 0, 0, 0xff, 0, 0, 0);
const STRINGS: Readonly<Record<number, string>> = { 1: "rig", 2: "i2c-tiny-usb" };

const VHCI = "/sys/devices/platform/vhci_hcd.0/attach";
const DEVICE_ID = 65537;
const FULL_SPEED = 2;

type OnTransfer = (transfer: Pick<Transfer, "messages">) => Promise<Answer>;

export class UsbAdapter {
  /** N of /dev/i2c-N. */
  number = -1;
  readonly #socket: Socket;
  readonly #onTransfer: OnTransfer;
  readonly #functionality: number;
  #input = Buffer.alloc(0);
  #busy = false;
  #status: number = STATUS.acknowledged;

  private constructor(socket: Socket, onTransfer: OnTransfer, functionality: number) {
    this.#socket = socket;
    this.#onTransfer = onTransfer;
    this.#functionality = functionality;
    socket.on("data", (chunk: Buffer) => {
      this.#input = Buffer.concat([this.#input, chunk]);
      void this.#serve();
    });
  }

  /** Plugs in; resolves when /dev/i2c-N is there. */
  static async plugIn(onTransfer: OnTransfer, functionality: number = PLAIN_I2C): Promise<UsbAdapter> {
    const { ours, theirs } = await socketPair();
    const adapter = new UsbAdapter(ours, onTransfer, functionality);
    writeFileSync(VHCI, `0 ${theirs} ${DEVICE_ID} ${FULL_SPEED}`);
    for (let tries = 0; adapter.number < 0; tries++) {
      if (tries > 200) throw new Error("the kernel did not make an I2C bus of the adapter");
      await sleep(50);
      adapter.number = busOfTinyUsb();
    }
    return adapter;
  }

  get path(): string {
    return `/dev/i2c-${this.number}`;
  }

  /** Pulls the plug. */
  unplug(): void {
    this.#socket.destroy();
  }

  /** One request after the other, as they come. */
  async #serve(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let request = this.#take(); request !== undefined; request = this.#take()) {
      const reply = await this.#answer(request);
      if (!this.#socket.destroyed) this.#socket.write(reply);
    }
    this.#busy = false;
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

  async #answer(request: Buffer): Promise<Buffer> {
    const reply = Buffer.alloc(HEADER_BYTES);
    request.copy(reply, 4, 4, 8); // sequence number
    if (request.readUInt32BE(0) === UNLINK) {
      reply.writeUInt32BE(REPLY_TO_UNLINK, 0); // everything is answered in turn: nothing is left to unlink
      return reply;
    }
    reply.writeUInt32BE(REPLY_TO_SUBMIT, 0);
    const isInput = request.readUInt32BE(12) === 1;
    const length = request.readUInt32BE(24);
    const answer = request.readUInt32BE(16) === 0 ? await this.#control(request, length) : undefined;
    if (answer === undefined) {
      reply.writeInt32BE(-EPIPE, 20);
      return reply;
    }
    const data = isInput ? answer.subarray(0, length) : new Uint8Array();
    reply.writeUInt32BE(isInput ? data.length : length, 24);
    return Buffer.concat([reply, data]);
  }

  /** A request on endpoint 0. undefined: not known, the endpoint stalls. */
  async #control(request: Buffer, length: number): Promise<Uint8Array | undefined> {
    const setup = request.subarray(40, 48);
    const [type, code, value, index] = [setup[0]!, setup[1]!, setup.readUInt16LE(2), setup.readUInt16LE(4)];
    if ((type & 0x60) === 0x40)
      return this.#vendor(code, { value, index, length, data: request.subarray(HEADER_BYTES) });
    if (type === 0x80 && code === 6) return descriptor(value);
    if (code === 0 && (type & 0x80) !== 0) return new Uint8Array(2);
    return (type & 0x80) === 0 ? new Uint8Array() : undefined;
  }

  async #vendor(code: number, request: VendorRequest): Promise<Uint8Array | undefined> {
    if (code === REQUEST.functionality) {
      const mask = Buffer.alloc(4);
      mask.writeUInt32LE(this.#functionality >>> 0);
      return mask;
    }
    if (code === REQUEST.setDelay) return new Uint8Array();
    if (code === REQUEST.status) return Uint8Array.of(this.#status);
    return code >= REQUEST.transfer && code < 8 ? this.#transfer(request) : undefined;
  }

  async #transfer({ value, index, length, data }: VendorRequest): Promise<Uint8Array> {
    const flags = value & 0xffff;
    const isInput = (flags & I2C_M_RD) !== 0;
    const message = {
      address: index,
      flags,
      length,
      bytes: isInput ? new Uint8Array() : Uint8Array.from(data),
    };
    const answer = await this.#onTransfer({ messages: [message] });
    this.#status = answer.errno === 0 ? STATUS.acknowledged : STATUS.refused;
    return answer.reads[0] ?? new Uint8Array(isInput ? length : 0);
  }
}

interface VendorRequest {
  readonly value: number;
  readonly index: number;
  readonly length: number;
  readonly data: Buffer;
}

function descriptor(value: number): Uint8Array | undefined {
  const index = value & 0xff;
  if (value >> 8 === 1) return DEVICE;
  if (value >> 8 === 2) return CONFIGURATION;
  if (value >> 8 !== 3) return undefined;
  if (index === 0) return Uint8Array.of(4, 3, 0x09, 0x04);
  const text = Buffer.from(STRINGS[index] ?? "", "utf16le");
  return Buffer.concat([Uint8Array.of(2 + text.length, 3), text]);
}

/** Two ends of one stream: a Node socket, and a descriptor that nobody here reads, for the kernel. */
async function socketPair(): Promise<{ ours: Socket; theirs: number }> {
  const path = `/run/usbip.${process.pid}`;
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

function busOfTinyUsb(): number {
  const root = "/sys/class/i2c-dev";
  const found = readdirSync(root).find((name) =>
    readFileSync(`${root}/${name}/name`, "utf8").includes("tiny-usb"),
  );
  return found === undefined ? -1 : Number(found.slice("i2c-".length));
}
