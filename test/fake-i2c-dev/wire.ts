/** The bytes between the preload library and the server; link.c has the other end and describes the layout. */
import { endianness } from "node:os";
import type { Message } from "./bus.js";

const READ = 0x0001;
export const REQUEST = { open: 1, transfer: 2, functions: 3, timeout: 4, retries: 5, address: 6 } as const;

export type Request = OpenRequest | BusRequest;
export interface OpenRequest {
  readonly type: typeof REQUEST.open;
  readonly value: number;
}
export type BusRequest =
  | {
      readonly type: typeof REQUEST.transfer;
      readonly askedMs: number;
      readonly need: number;
      readonly messages: readonly Message[];
    }
  | { readonly type: typeof REQUEST.functions }
  | {
      readonly type: typeof REQUEST.timeout | typeof REQUEST.retries | typeof REQUEST.address;
      readonly value: number;
    };

if (endianness() !== "LE") throw new Error("the test device needs a little-endian machine");

/** Cuts a stream of chunks into requests. */
export class RequestReader {
  #pending: Buffer = Buffer.alloc(0);

  *push(chunk: Buffer): Generator<Request> {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    while (this.#pending.length >= 4) {
      const end = 4 + this.#pending.readUInt32LE(0);
      if (this.#pending.length < end) return;
      const body = this.#pending.subarray(4, end);
      this.#pending = this.#pending.subarray(end);
      yield decode(body);
    }
  }
}

function decode(body: Buffer): Request {
  const type = body[0];
  switch (type) {
    case REQUEST.transfer:
      return decodeTransfer(body);
    case REQUEST.functions:
      return { type };
    case REQUEST.open:
    case REQUEST.timeout:
    case REQUEST.retries:
    case REQUEST.address:
      return { type, value: body.readUInt32LE(1) };
    default:
      throw new Error(`the preload library sent a request of type ${type}: build it again`);
  }
}

function decodeTransfer(body: Buffer): Request {
  const count = body.readUInt32LE(13);
  const messages: Message[] = [];
  let at = 17;
  for (let i = 0; i < count; i++) {
    const address = body.readUInt16LE(at);
    const flags = body.readUInt16LE(at + 2);
    const length = body.readUInt16LE(at + 4);
    at += 6;
    const bytes = flags & READ ? new Uint8Array(0) : Uint8Array.prototype.slice.call(body, at, at + length);
    at += bytes.length;
    messages.push({ address, flags, length, bytes });
  }
  return { type: REQUEST.transfer, askedMs: body.readDoubleLE(1), need: body.readUInt32LE(9), messages };
}

export interface Reply {
  readonly errno: number;
  /** The library sleeps until then; 0: not at all. */
  readonly wakeMs?: number;
  /** When the transfer ended on the bus's schedule; 0: it was none. */
  readonly endMs?: number;
  readonly payload?: readonly Uint8Array[];
}

export function encodeReply({ errno, wakeMs = 0, endMs = 0, payload = [] }: Reply): Buffer {
  const bytes = payload.reduce((sum, part) => sum + part.length, 0);
  const reply = Buffer.allocUnsafe(24 + bytes);
  reply.writeUInt32LE(20 + bytes, 0);
  reply.writeInt32LE(errno, 4);
  reply.writeDoubleLE(wakeMs, 8);
  reply.writeDoubleLE(endMs, 16);
  let at = 24;
  for (const part of payload) {
    reply.set(part, at);
    at += part.length;
  }
  return reply;
}
