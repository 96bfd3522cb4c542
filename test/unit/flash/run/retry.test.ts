/** What is tried again, how often, and what is told of it. */
import { describe, expect, it } from "vitest";
import { BootlaceError, type ErrorCode } from "../../../../src/errors.js";
import type { Session } from "../../../../src/flash/chip/session.js";
import type { FlashEvent } from "../../../../src/flash/events.js";
import { JobRun } from "../../../../src/flash/run/job-run.js";
import { Attempts, persist } from "../../../../src/flash/run/retry.js";

const WHERE = { phase: "write", address: 0x0800_0000 } as const;

function job({ shrinks = 0 } = {}) {
  const events: FlashEvent[] = [];
  let resynchronised = 0;
  const loader = {
    transport: { shrinkFrames: () => shrinks-- > 0 },
    resynchronise: async () => {
      resynchronised++;
    },
  };
  const run = new JobRun({ loader } as unknown as Session, { onEvent: (event) => events.push(event) });
  return { run, events, resynchronised: () => resynchronised };
}

/** Fails with each code in turn, then succeeds. */
const failing = (codes: readonly ErrorCode[]): (() => Promise<string>) => {
  const left = [...codes];
  return async () => {
    const code = left.shift();
    if (code) throw new BootlaceError(code, `it was ${code}`);
    return "done";
  };
};

const times = (count: number, code: ErrorCode): ErrorCode[] => Array<ErrorCode>(count).fill(code);

describe("an operation that fails", () => {
  it("is done again when the way to the chip failed, and that is told", async () => {
    const { run, events, resynchronised } = job();
    expect(await persist(run, WHERE, failing(["NO_REPLY", "TIMED_OUT"]))).toBe("done");
    expect(events).toEqual([
      { type: "retry", ...WHERE, attempt: 1, reason: "it was NO_REPLY" },
      { type: "retry", ...WHERE, attempt: 2, reason: "it was TIMED_OUT" },
    ]);
    expect([run.retries, resynchronised()]).toEqual([2, 2]);
  });

  it.each<[number, ErrorCode]>([
    [6, "NO_REPLY"],
    [3, "REFUSED"],
    [3, "PROTECTED"],
  ])("is given up after %d times %s in a row", async (most, code) => {
    expect(await persist(job().run, WHERE, failing(times(most - 1, code)))).toBe("done");
    await expect(persist(job().run, WHERE, failing(times(most, code)))).rejects.toMatchObject({ code });
  });

  it.each<ErrorCode>(["USAGE", "VERIFY_FAILED", "NOT_OFFERED", "ADAPTER_GONE"])(
    "is not done again after %s",
    async (code) => {
      const { run } = job();
      await expect(persist(run, WHERE, failing([code]))).rejects.toMatchObject({ code });
      expect(run.retries).toBe(0);
    },
  );

  it("is done again with shorter frames while the adapter has any, and that is no attempt", async () => {
    const codes = times(8, "ADAPTER_LIMIT");
    expect(await persist(job({ shrinks: 8 }).run, WHERE, failing(codes))).toBe("done");
    await expect(persist(job({ shrinks: 7 }).run, WHERE, failing(codes))).rejects.toMatchObject({
      code: "ADAPTER_LIMIT",
    });
  });

  it("may fail for ever as long as something works in between, until the whole job has had too much of it", async () => {
    const { run } = job();
    const attempts = new Attempts(run, WHERE);
    const error = new BootlaceError("NO_REPLY", "no answer");
    for (let i = 0; i < 400; i++) {
      await attempts.failed(error);
      attempts.progressed();
    }
    await expect(attempts.failed(error)).rejects.toMatchObject({
      code: "BUS_FAILED",
      message: "the bus failed 401 times in this job",
    });
  });
});
