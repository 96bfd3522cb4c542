import { describe, expect, it } from "vitest";
import { answerOf, runChild } from "./harness.js";
import type { ChildResult } from "./harness.js";

const child = (name: string, delayUs = 100): Promise<ChildResult> =>
  runChild("lifecycle", { args: [name], standIn: { delay_us: delayUs }, nodeArgs: ["--expose-gc"] });
const closes = (result: ChildResult): number => result.log.filter((line) => line.startsWith("close")).length;

describe("the end of a process", () => {
  it("is not held up by an open bus with nothing to do", async () => {
    expect(answerOf(await child("idle"))).toBe("idle");
  });

  it("waits for work that is pending", async () => {
    expect(answerOf(await child("pendingKeepsAlive"))).toBe(0);
  });

  it.each(["exitInFlight", "exitWhileTransferring", "exitOverWorkers"])(
    "comes with the status asked for while work is in flight: %s",
    async (name) => {
      expect(await child(name, 1000)).toMatchObject({ status: 7, signal: null, stderr: "" });
    },
  );

  it("comes with the exception when one is thrown while work is in flight", async () => {
    const { status, signal, stderr } = await child("throwInFlight");
    expect({ status, signal }).toEqual({ status: 1, signal: null });
    expect(stderr).toContain("thrown by the test");
  });
});

describe("worker threads", () => {
  it("each have the addon and buses of their own", async () => {
    expect(answerOf(await child("workers"))).toEqual([4, 4, 4, 4]);
  });

  it("are terminated at once while work is in flight, and their buses are closed", async () => {
    const result = await child("terminate");
    expect(answerOf(result)).toEqual([1, 1, 1, 1]);
    expect(closes(result)).toBe(12);
  });

  it("may exit while work is in flight", async () => {
    const result = await child("exitInWorkers");
    expect(answerOf(result)).toEqual([0, 0, 0, 0]);
    expect(closes(result)).toBe(4);
  });
});

describe("memory", () => {
  it("of handles that nobody holds is given back, and their descriptors closed, work in flight or not", async () => {
    const result = await child("garbage");
    expect(answerOf(result)).toBe("collected");
    expect(closes(result)).toBeGreaterThanOrEqual(195); // V8 may keep a few of the last
    expect(result.log.filter((line) => line.startsWith("rdwr"))).toHaveLength(200);
  });

  it("of a program is copied before the call returns", async () => {
    const result = await child("copies");
    expect(answerOf(result)).toBe(0);
    expect(result.log).toContain("rdwr 1 56/0000/2:aabb");
  });

  it("holds forty buses at once", async () => {
    expect(answerOf(await child("manyBuses"))).toBe(true);
  });
});
