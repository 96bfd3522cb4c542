/** Several callers, and callers that change their mind. */
import type { ContractCase } from "./rig.js";
import { expectReason, expectSame } from "./same.js";
import { failureOf, FLASH, getId, ID_REPLY, isAtBoundary, opening, readMemory, readsOf } from "./steps.js"; // prettier-ignore

/** More than goes over any bus in the moment before the signal comes. */
const MANY = 5000;

export const TURN_CASES: readonly ContractCase[] = [
  {
    name: "lists of several callers are run one after the other, in the order of the calls",
    check: async ({ transport }) => {
      const ended: number[] = [];
      const calls = Array.from({ length: 6 }, async (_, i) => {
        const reads = await readsOf(transport, [...getId(transport), ...readMemory(transport, FLASH, i + 1)]);
        ended.push(i);
        return reads.map(({ length }) => length);
      });
      const lengths = [1, 2, 3, 4, 5, 6].map((length) => [3, length]);
      expectSame(await Promise.all(calls), lengths);
      expectSame(ended, [0, 1, 2, 3, 4, 5]);
    },
  },
  {
    name: "a list that fails does not touch those that wait behind it",
    check: async ({ transport }) => {
      const bad = transport.exchange(opening(transport, 0, 0));
      const good = transport.exchange(getId(transport));
      expectSame((await failureOf(bad)).failure, "unexpected");
      expectSame((await good).reads, [ID_REPLY]);
    },
  },
  {
    name: "the caller's list may change after the call",
    check: async ({ transport }) => {
      const before = transport.exchange(getId(transport));
      const steps = getId(transport);
      const waiting = transport.exchange(steps);
      steps.length = 0;
      await before;
      expectSame((await waiting).reads, [ID_REPLY]);
    },
  },
  {
    name: "a signal that is aborted already: nothing is sent",
    check: async (rig) => {
      const reason = new Error("not now");
      const call = rig.transport.exchange(getId(rig.transport).slice(0, 1), {
        signal: AbortSignal.abort(reason),
      });
      await expectReason(call, reason);
      await isAtBoundary(rig);
    },
  },
  {
    name: "a signal stops a list that waits, and the one before it goes on",
    check: async (rig) => {
      const stop = new AbortController();
      const reason = new Error("no longer wanted");
      const first = rig.transport.exchange([...getId(rig.transport), ...getId(rig.transport)]);
      const second = rig.transport.exchange(getId(rig.transport).slice(0, 1), { signal: stop.signal });
      stop.abort(reason);
      await expectReason(second, reason);
      expectSame((await first).reads, [ID_REPLY, ID_REPLY]);
      await isAtBoundary(rig);
    },
  },
  {
    name: "a signal stops a running list between two steps",
    check: async ({ transport }) => {
      const stop = new AbortController();
      const reason = new Error("enough");
      const steps = Array.from({ length: MANY }, () => getId(transport)).flat();
      setTimeout(() => stop.abort(reason), 1);
      await expectReason(transport.exchange(steps, { signal: stop.signal }), reason);
    },
  },
];
