/** Frames that the cases send, from AN4221 and AN3155: of their own, so that the suite needs no more of the library than a transport. */
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
export const command = (opcode: number): Step[] => [write(bytes(opcode, opcode ^ 0xff)), poll(ACK)];
const xor = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum ^ value, 0);

/** What a UART is opened with: the ROM measures its rate by it (AN3155, 2.1). */
export const SYNC: readonly Step[] = [write(bytes(0x7f)), poll(ACK, 1000)];

function address(value: number): Step[] {
  const digits = [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
  return [write(bytes(...digits, xor(digits))), poll(ACK)];
}

export const getId = (): Step[] => [...command(0x02), read(3), poll(ACK)];
export const ID_REPLY = bytes(0x01, 0x04, 0x60);

export const readMemory = (from: number, length: number): Step[] => [
  ...command(0x11),
  ...address(from),
  write(bytes(length - 1, (length - 1) ^ 0xff)),
  poll(ACK),
  read(length),
];

export const writeMemory = (to: number, data: Uint8Array): Step[] => {
  const counted = [data.length - 1, ...data];
  return [...command(0x31), ...address(to), write(bytes(...counted, xor(counted))), poll(ACK)];
};

/** Erases page 0 up to where its status is due: by No-Stretch Erase on I2C (AN4221), by Extended Erase on UART (AN3155). */
export const beginErase = ({ transport: { traits } }: ContractRig): Step[] =>
  traits.framing === "message"
    ? [...command(0x45), write(bytes(0, 0, 0)), poll(ACK, 2000, BUSY), write(bytes(0, 0, 0))]
    : [...command(0x44), write(bytes(0, 0, 0, 0, 0))];

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
  expectSame(await readsOf(transport, getId()), [ID_REPLY]);
}
