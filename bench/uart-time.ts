/** How long characters take on a UART, and when an adapter hands over what it got. Pure: the modelled line and the floor both use it. */

/** 8E1: start bit, 8 bits, parity, stop bit (AN3155 rev 20). */
const BITS = 11;

export const characterMs = (baud: number): number => (BITS * 1e3) / baud;

/** Of a full-speed USB packet of 64 bytes, FTDI's adapters use two for their status. */
export const PACKET_BYTES = 62;

export interface Packet {
  readonly dueMs: number;
  readonly count: number;
}

/**
 * @param atMs when each character is at the adapter, ascending
 * @param latencyMs from the first of them on; a full packet does not wait
 */
export function nextPacket(atMs: readonly number[], latencyMs: number): Packet | undefined {
  const [first] = atMs;
  if (first === undefined) return undefined;
  const timerMs = first + latencyMs;
  const fullMs = atMs[PACKET_BYTES - 1] ?? Infinity;
  if (fullMs <= timerMs) return { dueMs: fullMs, count: PACKET_BYTES };
  const later = atMs.findIndex((ms) => ms > timerMs);
  return { dueMs: timerMs, count: later < 0 ? atMs.length : later };
}

/** From the first character of an answer to its last one at the host. */
export function answerMs(characters: number, baud: number, latencyMs: number): number {
  const each = characterMs(baud);
  let left = Array.from({ length: characters }, (_, i) => (i + 1) * each);
  let doneMs = 0;
  for (let packet = nextPacket(left, latencyMs); packet; packet = nextPacket(left, latencyMs)) {
    doneMs = packet.dueMs;
    left = left.slice(packet.count);
  }
  return doneMs;
}

export interface WriteTimes {
  readonly bytes: number;
  readonly baud: number;
  readonly latencyMs: number;
  /** Of 256 bytes. */
  readonly programMs: number;
  readonly eraseMs: number;
}

/**
 * What a write needs at the least, without looking at what was there and without verifying it: Write Memory has three answers that have
 * to be awaited for each 256 bytes, after the command, the address and the data (AN3155 rev 20), and Erase two.
 */
export function writeFloorMs({ bytes, baud, latencyMs, programMs, eraseMs }: WriteTimes): number {
  const turn = (sent: number): number => sent * characterMs(baud) + answerMs(1, baud, latencyMs);
  const blocks = Math.ceil(bytes / 256);
  const data = bytes * characterMs(baud);
  const erase = turn(2) + turn(3) + eraseMs;
  return erase + data + blocks * (turn(2) + turn(5) + turn(2) + programMs);
}
