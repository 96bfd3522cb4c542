/** Waiting for an answer. */
import type { PollStep } from "../transport.js";
import type { ContractCase } from "./rig.js";
import { expectSame } from "./same.js";
import {
  ACK,
  beginErase,
  BUSY,
  failed,
  failureOf,
  getId,
  isAtBoundary,
  NACK,
  NOT_YET,
  opening,
  poll,
} from "./steps.js";

export const POLL_CASES: readonly ContractCase[] = [
  {
    name: "a poll without a busy byte is decided by the first byte",
    check: async (rig) => {
      const error = await failureOf(rig.transport.exchange(opening(rig.transport, 0, 0)));
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
      const steps = [...beginErase(rig), poll(ACK, 10, BUSY), ...getId(rig.transport)];
      const error = await failureOf(rig.transport.exchange(steps));
      const index = steps.length - getId(rig.transport).length - 1;
      const reply = NOT_YET[rig.transport.traits.dialect];
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
