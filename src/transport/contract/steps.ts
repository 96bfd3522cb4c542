/** Frames that the cases send, from AN4221, AN3155 and AN4286: of their own, so that the suite needs no more of the library than a transport. */
import { read, StepError, write } from "../transport.js";
import type { PollStep, Step, Transport } from "../transport.js";
import type { ContractRig } from "./rig.js";
import { expectSame } from "./same.js";

export const ACK = 0x79;
export const NACK = 0x1f;
export const BUSY = 0x76;
export const FLASH = 0x0800_0000;

export const poll = (accept: number, timeoutMs = 2000, busy?: number): PollStep =>
  busy === undefined ? { kind: "poll", accept, timeoutMs } : { kind: "poll", accept, timeoutMs, busy };
export const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
/** How a command begins, rightly or not: behind 5A on SPI (AN4286). */
export const opening = ({ traits }: Transport, first: number, second: number): Step[] => [
  write(traits.dialect === "spi" ? bytes(0x5a, first, second) : bytes(first, second)),
  poll(ACK),
];
export const command = (transport: Transport, opcode: number): Step[] =>
  opening(transport, opcode, opcode ^ 0xff);
const xor = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum ^ value, 0);

/** What a chip must hear first on a bus: a UART's rate is measured by it (AN3155, 2.1), SPI is selected by it (AN4286). */
export const SYNC: Readonly<Record<Transport["traits"]["dialect"], readonly Step[]>> = {
  i2c: [],
  uart: [write(bytes(0x7f)), poll(ACK, 1000)],
  spi: [write(bytes(0x5a)), poll(ACK, 1000)],
};

/** What says "not yet" on a bus: on a UART nothing does. */
export const NOT_YET = { i2c: BUSY, uart: undefined, spi: 0xa5 } as const;

function address(value: number): Step[] {
  const digits = [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
  return [write(bytes(...digits, xor(digits))), poll(ACK)];
}

export const getId = (transport: Transport): Step[] => [...command(transport, 0x02), read(3), poll(ACK)];
export const ID_REPLY = bytes(0x01, 0x04, 0x60);

export const readMemory = (transport: Transport, from: number, length: number): Step[] => [
  ...command(transport, 0x11),
  ...address(from),
  write(bytes(length - 1, (length - 1) ^ 0xff)),
  poll(ACK),
  read(length),
];

export const writeMemory = (transport: Transport, to: number, data: Uint8Array): Step[] => {
  const counted = [data.length - 1, ...data];
  return [...command(transport, 0x31), ...address(to), write(bytes(...counted, xor(counted))), poll(ACK)];
};

/** Erases page 0 up to where its status is due: by No-Stretch Erase on I2C (AN4221), by Extended Erase elsewhere (AN3155, AN4286). */
export const beginErase = ({ transport }: ContractRig): Step[] => {
  const { framing, dialect } = transport.traits;
  if (framing === "byte") return [...command(transport, 0x44), write(bytes(0, 0, 0, 0, 0))];
  const opcode = dialect === "i2c" ? 0x45 : 0x44;
  const page0 = write(bytes(0, 0, 0));
  return [...command(transport, opcode), write(bytes(0, 0, 0)), poll(ACK, 2000, BUSY), page0];
};

/** The StepError that the exchange fails with. */
export async function failureOf(promise: Promise<unknown>): Promise<StepError> {
  const error: unknown = await promise.then(
    () => new Error("the exchange did not fail"),
    (reason: unknown) => reason,
  );
  if (error instanceof StepError) return error;
  throw error;
}

export const failed = ({ index, failure, reply }: StepError) => ({ index, failure, reply });

export const readsOf = async (transport: Transport, steps: readonly Step[]): Promise<Uint8Array[]> =>
  (await transport.exchange(steps)).reads;

/** The chip answers the next command as it should: nothing is left over on the way, nothing was sent too much. */
export async function isAtBoundary({ transport }: ContractRig): Promise<void> {
  expectSame(await readsOf(transport, getId(transport)), [ID_REPLY]);
}
