/** Get, Get Version and Get ID, whatever the bus: who is there, and what it can do. */
import type { Transport } from "../transport/transport.js";
import type { Known } from "./dialect/dialect.js";
import { dialectOf } from "./dialect/table.js";

export interface Identity {
  /** Version byte of the protocol, 0x12 for 1.2. */
  readonly version: number;
  /** Opcodes that the chip lists. They decide, not the version. */
  readonly commands: readonly number[];
  /** Product ID, 0x460. */
  readonly productId: number;
}

/** Asks who is there: Get ID first, because its length is known on every bus, and that of Get is not. */
export async function identify(transport: Transport, known: Known = {}): Promise<Identity> {
  const productId = await getId(transport);
  return { ...(await dialectOf(transport).get(transport, known)), productId };
}

export const getVersion = (transport: Transport): Promise<number> =>
  dialectOf(transport).getVersion(transport);

export const getId = async (transport: Transport): Promise<number> =>
  productIdOf(await dialectOf(transport).getId(transport));

/**
 * The product ID in a whole Get ID reply, its count byte first. Two bytes on nearly every STM32, most significant first. Protocol 2.0
 * on UART sends the low one alone (AN3155 rev 20, protocol versions). WB0 and WL3: metal fix, mask set, product ID, and on WB09 one
 * byte more (AN5471 and AN5920, Get ID; the fourth byte is stated by hosts that drive it).
 */
export function productIdOf(reply: Uint8Array): number {
  const [, first = 0, second, third] = reply;
  if (second === undefined) return 0x400 | first;
  return third ?? (first << 8) | second;
}
