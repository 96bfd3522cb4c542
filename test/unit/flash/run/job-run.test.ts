import { describe, expect, it } from "vitest";
import { BootlaceError } from "../../../../src/errors.js";
import type { Session } from "../../../../src/flash/chip/session.js";
import type { FlashEvent } from "../../../../src/flash/events.js";
import { JobRun } from "../../../../src/flash/run/job-run.js";

const session = {} as Session;

function watched(signal?: AbortSignal): { run: JobRun; events: FlashEvent[] } {
  const events: FlashEvent[] = [];
  return { run: new JobRun(session, { onEvent: (event) => events.push(event), signal }), events };
}

describe("a job", () => {
  it("counts what is done once more, and tells it with the same words", () => {
    const { run, events } = watched();
    run.retried({ phase: "erase", address: 0x0800_0000, attempt: 1, reason: "not blank" });
    run.retried({ phase: "protect", attempt: 2, reason: "refused" });
    expect(run.retries).toBe(2);
    expect(events).toEqual([
      { type: "retry", phase: "erase", address: 0x0800_0000, attempt: 1, reason: "not blank" },
      { type: "retry", phase: "protect", attempt: 2, reason: "refused" },
    ]);
  });

  it("says in an error in which state the chip is, and does not say it twice", async () => {
    const { run } = watched();
    run.state = "begun";
    const failed = run.conclude(() => Promise.reject(new BootlaceError("REFUSED", "no")));
    await expect(failed).rejects.toMatchObject({
      code: "REFUSED",
      context: { chipState: expect.stringContaining("was begun") as string },
    });
    const known = new BootlaceError("REFUSED", "no", { chipState: "the chip is gone" });
    await expect(run.conclude(() => Promise.reject(known))).rejects.toBe(known);
  });

  it("stops at a checkpoint with the signal's own error, or as interrupted", () => {
    const stop = new AbortController();
    const { run } = watched(stop.signal);
    run.checkpoint();
    stop.abort(new BootlaceError("TERMINATED", "SIGTERM"));
    expect(() => run.checkpoint()).toThrow(expect.objectContaining({ code: "TERMINATED" }));
    const { run: other } = watched(AbortSignal.abort("enough"));
    expect(() => other.checkpoint()).toThrow(
      expect.objectContaining({ code: "INTERRUPTED", cause: "enough" }),
    );
  });
});
