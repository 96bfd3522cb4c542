/** Waiting for an answer. */
import { write } from "../transport.js";
import type { PollStep } from "../transport.js";
import type { ContractCase } from "./rig.js";
import { expectSame } from "./same.js";
import { ACK, beginErase, BUSY, bytes, failed, failureOf, getId, isAtBoundary, NACK, poll } from "./steps.js";

export const POLL_CASES: readonly ContractCase[] = [
  {
    name: "a poll without a busy byte is decided by the first byte",
    check: async (rig) => {
      const error = await failureOf(rig.transport.exchange([write(bytes(0, 0)), poll(ACK)]));
      expectSame(failed(error), { index: 1, failure: "unexpected", reply: NACK });
      await isAtBoundary(rig);
    },
  },
  {
    name: "a poll waits as long as the chip is busy",
    check: async (rig) => {
      await rig.transport.exchange([...beginErase(rig), poll(ACK, 5000, BUSY)]);
      await isAtBoundary(rig);
    },
  },
  {
    name: "a poll gives up at its deadline; the same poll again gets the answer",
    check: async (rig) => {
      const steps = [...beginErase(rig), poll(ACK, 10, BUSY), ...getId()];
      const error = await failureOf(rig.transport.exchange(steps));
      const index = steps.length - getId().length - 1;
      // I2C hears the busy byte, a UART hears nothing.
      const reply = rig.transport.traits.framing === "message" ? BUSY : undefined;
      expectSame(failed(error), { index, failure: "timeout", reply });
      await rig.transport.exchange([poll(ACK, 5000, BUSY)]);
      await isAtBoundary(rig);
    },
  },
  {
    name: "a poll may wait before its first try",
    check: async (rig) => {
      const late: PollStep = { ...poll(ACK, 2000, BUSY), firstWaitMs: 100, intervalMs: 5 };
      await rig.transport.exchange([...beginErase(rig), late]);
      await isAtBoundary(rig);
    },
  },
];
