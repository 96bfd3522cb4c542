/** Get Checksum (0xA1): AN4221 rev 14 on I2C, AN3155 rev 20 on UART. */
import { BootlaceError, hex } from "../errors.js";
import type { Transport } from "../transport/transport.js";
import { ChecksumWait } from "./checksum-wait.js";
import { CRC_INITIAL, GET_CHECKSUM } from "./commands.js";
import { dialectOf } from "./dialect/table.js";

export interface ChecksumOptions {
  /** Sent on UART only: I2C has no such field, and some CRC units ignore it. */
  readonly initial?: number;
  /** What the chip showed before. */
  readonly wait?: ChecksumWait;
}

/**
 * CRC of `length` bytes of flash from `address`, both multiples of 4.
 * @throws BootlaceError REFUSED when the range is not flash; DESYNCHRONISED when the reply's own checksum is wrong
 */
export async function getChecksum(
  transport: Transport,
  address: number,
  length: number,
  { initial = CRC_INITIAL, wait = new ChecksumWait() }: ChecksumOptions = {},
): Promise<number> {
  const reply = await dialectOf(transport).checksum(transport, { address, length, initial, wait });
  return crcOf(reply, address);
}

function crcOf(reply: Uint8Array, address: number): number {
  const sum = reply.reduce((xor, byte) => xor ^ byte, 0);
  if (sum !== 0) {
    const text = `${GET_CHECKSUM.name} at ${hex(address)}: the checksum of the reply is wrong`;
    throw new BootlaceError("DESYNCHRONISED", text, { command: GET_CHECKSUM.name, stage: "reply", address });
  }
  return new DataView(reply.buffer, reply.byteOffset).getUint32(0);
}
