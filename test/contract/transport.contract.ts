/**
 * What every transport promises (src/transport/transport.ts), as cases that run against any of them.
 * On the other end is a simulated STM32G071 in its bootloader. The cases use node:assert, because on i2c-dev they run in a process
 * of their own, behind the preload library.
 */
import assert from "node:assert/strict";
import { delay, read, StepError, write } from "../../src/transport/transport.js";
import type { PollStep, Step, Transport } from "../../src/transport/transport.js";

export interface Rig {
  readonly transport: Transport;
  /** A transport of the same kind with nobody on the other end, and how a poll fails on it. */
  openDeaf(): Promise<{ readonly transport: Transport; readonly failure: "timeout" | "system" }>;
}

export interface ContractCase {
  readonly name: string;
  readonly run: (rig: Rig) => Promise<void>;
}

/** Of the chip on the other end. */
export const CONTRACT_CHIP = { productId: 0x460, name: "stm32g071", pageEraseMs: 80 } as const;

const ACK = 0x79;
const NACK = 0x1f;
const BUSY = 0x76;
const FLASH = 0x0800_0000;

const poll = (accept: number, timeoutMs = 2000, busy?: number): PollStep =>
  busy === undefined ? { kind: "poll", accept, timeoutMs } : { kind: "poll", accept, timeoutMs, busy };
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const command = (opcode: number): Step[] => [write(bytes(opcode, opcode ^ 0xff)), poll(ACK)];
const xor = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum ^ value, 0);

function address(value: number): Step[] {
  const digits = [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
  return [write(bytes(...digits, xor(digits))), poll(ACK)];
}

const getId = (): Step[] => [...command(0x02), read(3), poll(ACK)];
const ID_REPLY = bytes(0x01, 0x04, 0x60);

const readMemory = (from: number, length: number): Step[] => [
  ...command(0x11),
  ...address(from),
  write(bytes(length - 1, (length - 1) ^ 0xff)),
  poll(ACK),
  read(length),
];

const writeMemory = (to: number, data: Uint8Array): Step[] => {
  const counted = [data.length - 1, ...data];
  return [...command(0x31), ...address(to), write(bytes(...counted, xor(counted))), poll(ACK)];
};

/** Erases page 0 up to where its status is due: by No-Stretch Erase on I2C (AN4221), by Extended Erase on UART (AN3155). */
const beginErase = ({ transport: { traits } }: Rig): Step[] =>
  traits.framing === "message"
    ? [...command(0x45), write(bytes(0, 0, 0)), poll(ACK, 2000, BUSY), write(bytes(0, 0, 0))]
    : [...command(0x44), write(bytes(0, 0, 0, 0, 0))];

const failureOf = async (promise: Promise<unknown>): Promise<StepError> => {
  const error: unknown = await promise.then(
    () => new Error("the exchange did not fail"),
    (reason: unknown) => reason,
  );
  if (error instanceof StepError) return error;
  throw error;
};

const failed = ({ index, failure, reply }: StepError) => ({ index, failure, reply });

const readsOf = async (transport: Transport, steps: readonly Step[]): Promise<Uint8Array[]> =>
  (await transport.exchange(steps)).reads;

async function isAtBoundary({ transport }: Rig): Promise<void> {
  assert.deepEqual(await readsOf(transport, getId()), [ID_REPLY]);
}

export const CASES: readonly ContractCase[] = [
  {
    name: "runs the steps in order and gives back the bytes of each read",
    run: async ({ transport }) => {
      const steps = [...getId(), ...readMemory(FLASH, 3), ...getId()];
      assert.deepEqual(await readsOf(transport, steps), [ID_REPLY, bytes(0xff, 0xff, 0xff), ID_REPLY]);
    },
  },
  {
    name: "an empty list is nothing",
    run: async (rig) => {
      assert.deepEqual(await rig.transport.exchange([]), { reads: [], busy: 0 });
      await isAtBoundary(rig);
    },
  },
  {
    name: "reads exactly as many bytes as asked for, from 1 to the longest",
    run: async ({ transport }) => {
      const data = Uint8Array.from({ length: 256 }, (_, i) => i ^ 0x55);
      await transport.exchange(writeMemory(FLASH, data));
      for (const length of [1, 2, 255, 256])
        assert.deepEqual(await readsOf(transport, readMemory(FLASH, length)), [data.slice(0, length)]);
    },
  },
  {
    name: "stops at a byte that is neither accepted nor busy, and names the step and the byte",
    run: async (rig) => {
      const wrongComplement = [write(bytes(0x02, 0x02)), poll(ACK)];
      const error = await failureOf(
        rig.transport.exchange([...getId(), ...wrongComplement, ...command(0x31)]),
      );
      assert.deepEqual(failed(error), { index: 5, failure: "unexpected", reply: NACK });
      await isAtBoundary(rig); // so the Write command that followed in the list was not sent
    },
  },
  {
    name: "a poll without a busy byte is decided by the first byte",
    run: async (rig) => {
      const error = await failureOf(rig.transport.exchange([write(bytes(0, 0)), poll(ACK)]));
      assert.deepEqual(failed(error), { index: 1, failure: "unexpected", reply: NACK });
      await isAtBoundary(rig);
    },
  },
  {
    name: "a poll waits as long as the chip is busy",
    run: async (rig) => {
      await rig.transport.exchange([...beginErase(rig), poll(ACK, 5000, BUSY)]);
      await isAtBoundary(rig);
    },
  },
  {
    name: "a poll gives up at its deadline; the same poll again gets the answer",
    run: async (rig) => {
      const steps = [...beginErase(rig), poll(ACK, 10, BUSY), ...getId()];
      const error = await failureOf(rig.transport.exchange(steps));
      const { traits } = rig.transport;
      // I2C hears the busy byte, a UART hears nothing.
      const reply = traits.framing === "message" ? BUSY : undefined;
      assert.deepEqual(failed(error), {
        index: steps.length - getId().length - 1,
        failure: "timeout",
        reply,
      });
      await rig.transport.exchange([poll(ACK, 5000, BUSY)]);
      await isAtBoundary(rig);
    },
  },
  {
    name: "a poll may wait before its first try",
    run: async (rig) => {
      const late: PollStep = { ...poll(ACK, 2000, BUSY), firstWaitMs: 100, intervalMs: 5 };
      await rig.transport.exchange([...beginErase(rig), late]);
      await isAtBoundary(rig);
    },
  },
  {
    name: "with nobody there the first step that would notice fails, and says so",
    run: async (rig) => {
      const { transport, failure } = await rig.openDeaf();
      const error = await failureOf(transport.exchange([write(bytes(0x02, 0xfd)), poll(ACK, 50)]));
      await transport.close();
      const index = failure === "system" ? 0 : 1;
      assert.deepEqual(failed(error), { index, failure, reply: undefined });
      if (failure === "system") {
        const { code, errno, syscall } = error.cause as { code: string; errno: number; syscall: string };
        assert.ok(["ENXIO", "EREMOTEIO"].includes(code), code);
        assert.ok(errno > 0);
        assert.ok(syscall !== "");
      }
    },
  },
  {
    name: "delays of no length and of some length do nothing else",
    run: async ({ transport }) => {
      const [first, ...rest] = getId();
      assert.deepEqual(await readsOf(transport, [delay(0), first!, delay(2), ...rest, delay(0.5)]), [
        ID_REPLY,
      ]);
    },
  },
  {
    name: "lists of several callers are run one after the other, in the order of the calls",
    run: async ({ transport }) => {
      const ended: number[] = [];
      const calls = Array.from({ length: 6 }, async (_, i) => {
        const reads = await readsOf(transport, [...getId(), ...readMemory(FLASH, i + 1)]);
        ended.push(i);
        return reads.map(({ length }) => length);
      });
      assert.deepEqual(
        await Promise.all(calls),
        [1, 2, 3, 4, 5, 6].map((length) => [3, length]),
      );
      assert.deepEqual(ended, [0, 1, 2, 3, 4, 5]);
    },
  },
  {
    name: "a list that fails does not touch those that wait behind it",
    run: async ({ transport }) => {
      const bad = transport.exchange([write(bytes(0, 0)), poll(ACK)]);
      const good = transport.exchange(getId());
      assert.equal((await failureOf(bad)).failure, "unexpected");
      assert.deepEqual((await good).reads, [ID_REPLY]);
    },
  },
  {
    name: "the caller's list may change after the call",
    run: async ({ transport }) => {
      const before = transport.exchange(getId());
      const steps = getId();
      const waiting = transport.exchange(steps);
      steps.length = 0;
      await before;
      assert.deepEqual((await waiting).reads, [ID_REPLY]);
    },
  },
  {
    name: "a signal that is aborted already: nothing is sent",
    run: async (rig) => {
      const reason = new Error("not now");
      const call = rig.transport.exchange(getId().slice(0, 1), { signal: AbortSignal.abort(reason) });
      await assert.rejects(call, reason);
      await isAtBoundary(rig);
    },
  },
  {
    name: "a signal stops a list that waits, and the one before it goes on",
    run: async (rig) => {
      const stop = new AbortController();
      const reason = new Error("no longer wanted");
      const first = rig.transport.exchange([...getId(), ...getId()]);
      const second = rig.transport.exchange(getId().slice(0, 1), { signal: stop.signal });
      stop.abort(reason);
      await assert.rejects(second, reason);
      assert.deepEqual((await first).reads, [ID_REPLY, ID_REPLY]);
      await isAtBoundary(rig);
    },
  },
  {
    name: "a signal stops a running list between two steps",
    run: async ({ transport }) => {
      const stop = new AbortController();
      const reason = new Error("enough");
      const steps = Array.from({ length: 5000 }, getId).flat();
      setTimeout(() => stop.abort(reason), 1);
      await assert.rejects(transport.exchange(steps, { signal: stop.signal }), reason);
    },
  },
  {
    name: "discarding input at a command boundary changes nothing",
    run: async (rig) => {
      await rig.transport.discardInput();
      await isAtBoundary(rig);
    },
  },
  {
    name: "close waits for the exchange in progress; twice is fine; then nothing goes any more",
    run: async ({ transport }) => {
      let ended = false;
      const last = transport.exchange([...getId(), delay(30), ...getId()]).finally(() => (ended = true));
      await transport.close();
      await new Promise((resolve) => setImmediate(resolve));
      assert.ok(ended, "closed while an exchange was going on");
      assert.deepEqual((await last).reads, [ID_REPLY, ID_REPLY]);
      await transport.close();
      await assert.rejects(transport.exchange(getId()));
    },
  },
  {
    name: "traits and description are there before the first exchange",
    run: async ({ transport: { traits, description } }) => {
      assert.ok(traits.maxWrite >= 258);
      assert.equal(traits.maxRead, 256);
      assert.equal(traits.dialect, traits.framing === "message" ? "i2c" : "uart");
      assert.notEqual(description, "");
      await Promise.resolve();
    },
  },
];
