import { describe, expect, test } from "vitest";
import { formatTrace, traceTransport } from "../../../src/transport/trace.js";
import type { TraceRecord } from "../../../src/transport/trace.js";
import { delay, read, StepError, write } from "../../../src/transport/transport.js";
import { UART_TRAITS } from "../../../src/transport/traits.js";
import type { Exchanged, ExchangeOptions, Step, Transport } from "../../../src/transport/transport.js";

/** Answers reads with 01 02 03..; fails at the steps it is told to. */
class Toy implements Transport {
  readonly traits = UART_TRAITS;
  readonly description = "toy";
  readonly baud = undefined;
  readonly log: string[] = [];
  fail: ((step: Step) => Error | undefined) | undefined;

  async exchange(steps: readonly Step[], options?: ExchangeOptions): Promise<Exchanged> {
    const reads: Uint8Array[] = [];
    for (const [index, step] of steps.entries()) {
      options?.signal?.throwIfAborted();
      await Promise.resolve();
      this.log.push(step.kind);
      const error = this.fail?.(step);
      if (error instanceof StepError)
        throw new StepError(index, error.failure, error.reply, { cause: error.cause });
      if (error) throw error;
      if (step.kind === "read") reads.push(Uint8Array.from({ length: step.length }, (_, i) => i + 1));
    }
    return { reads, busy: steps.filter(({ kind }) => kind === "poll").length };
  }
  shrinkFrames(): boolean {
    return false;
  }
  slowDown(): Promise<boolean> {
    return Promise.resolve(false);
  }
  async discardInput(): Promise<void> {
    this.log.push("discard");
  }
  async close(): Promise<void> {
    this.log.push("close");
  }
}

const traced = () => {
  const toy = new Toy();
  const records: TraceRecord[] = [];
  let clock = 0;
  const transport = traceTransport(
    toy,
    (record) => records.push(record),
    () => clock++,
  );
  return { toy, records, transport };
};

describe("traceTransport", () => {
  test("gives back what the inner transport reads, in order", async () => {
    const { transport } = traced();
    const { reads } = await transport.exchange([read(2), write(Uint8Array.of(9)), read(1)]);
    expect(reads).toEqual([Uint8Array.of(1, 2), Uint8Array.of(1)]);
    expect(transport.traits).toBe(UART_TRAITS);
    expect(transport.description).toBe("toy");
  });

  test("names the step that failed by its number in the caller's list", async () => {
    const { toy, records, transport } = traced();
    toy.fail = (step) => (step.kind === "poll" ? new StepError(0, "unexpected", 0x1f) : undefined);
    const list: Step[] = [write(Uint8Array.of(1)), { kind: "poll", accept: 0x79, timeoutMs: 5 }, read(1)];
    await expect(transport.exchange(list)).rejects.toMatchObject({
      index: 1,
      failure: "unexpected",
      reply: 0x1f,
    });
    expect(toy.log).toEqual(["write", "poll"]);
    expect(records.map(formatTrace)).toEqual([
      "     1.000     1.000  > 01",
      "     3.000     1.000  ? 79: unexpected 1F",
    ]);
  });

  test("keeps the lists of two callers apart", async () => {
    const { toy, transport } = traced();
    const a = transport.exchange([write(Uint8Array.of(1)), delay(1), write(Uint8Array.of(1))]);
    const b = transport.exchange([read(1), read(1)]);
    await Promise.all([a, b]);
    expect(toy.log).toEqual(["write", "delay", "write", "read", "read"]);
  });

  test("passes the signal on and says that a list was stopped", async () => {
    const { toy, records, transport } = traced();
    const stop = new AbortController();
    toy.fail = () => {
      stop.abort(new Error("enough"));
      return undefined;
    };
    await expect(transport.exchange([read(1), read(2)], { signal: stop.signal })).rejects.toThrow("enough");
    expect(records.map((record) => formatTrace(record).slice(22))).toEqual([
      "< 1: 01",
      "< 2: stopped: enough",
    ]);
  });

  test("adds up how often the chip was busy in each step", async () => {
    const { transport } = traced();
    const poll: Step = { kind: "poll", accept: 0x79, timeoutMs: 5 };
    expect((await transport.exchange([poll, delay(1), poll])).busy).toBe(2);
  });

  test("reports reads, waits, discarding and closing, and the system error of a failed step", async () => {
    const { toy, records, transport } = traced();
    await transport.exchange([read(3), delay(20)]);
    await transport.discardInput();
    toy.fail = () => new StepError(0, "system", undefined, { cause: new Error("read: EIO") });
    await expect(transport.exchange([read(1)])).rejects.toThrow(StepError);
    await transport.close();
    expect(records.map((record) => formatTrace(record).slice(22))).toEqual([
      "< 3: 01 02 03",
      "wait 20 ms",
      "discard input",
      "< 1: system (read: EIO)",
      "close",
    ]);
    expect(records.map(({ exchange, index }) => [exchange, index])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 0],
      [2, 0],
    ]);
  });
});
