/**
 * A transport that reports each step of another one: for --trace and for bug reports.
 *
 * To time each step, lists are given to the inner transport step by step; a queue here keeps the promise that nothing of another
 * caller comes between. That costs a thread hop per step, so a traced run is a little slower than one without.
 */
import { hex } from "../errors.js";
import { StepError } from "./transport.js";
import { Turns } from "./turns.js";
import type { ExchangeOptions, Exchanged, Step, StepFailure, Transport } from "./transport.js";
import { ForwardingTransport } from "./wrap.js";
import { monotonicMs } from "../monotonic.js";

export interface TraceRecord {
  /** Milliseconds since the transport was wrapped. */
  readonly atMs: number;
  readonly durationMs: number;
  /** Number of the exchange, from 0. */
  readonly exchange: number;
  /** Number of the step in its exchange, from 0. */
  readonly index: number;
  readonly step: Step | { readonly kind: "discard" | "close" };
  readonly outcome: TraceOutcome;
}

export type TraceOutcome =
  /** `bytes`: what a read step got. */
  | { readonly kind: "done"; readonly bytes?: Uint8Array | undefined }
  | {
      readonly kind: "failed";
      readonly failure: StepFailure;
      readonly reply?: number | undefined;
      readonly text?: string | undefined;
    }
  /** The signal was aborted before the step, or something else than a step failed. */
  | { readonly kind: "stopped"; readonly text: string };

/** @param now milliseconds of a clock that only goes forward */
export function traceTransport(
  inner: Transport,
  sink: (record: TraceRecord) => void,
  now: () => number = monotonicMs,
): Transport {
  return new TracedTransport(inner, sink, now);
}

class TracedTransport extends ForwardingTransport {
  readonly #sink: (record: TraceRecord) => void;
  readonly #now: () => number;
  readonly #startMs: number;
  readonly #turns = new Turns();
  #exchanges = 0;

  constructor(inner: Transport, sink: (record: TraceRecord) => void, now: () => number) {
    super(inner);
    this.#sink = sink;
    this.#now = now;
    this.#startMs = now();
  }

  override exchange(steps: readonly Step[], options?: ExchangeOptions): Promise<Exchanged> {
    const own = [...steps]; // the caller may change its list while this one waits
    return this.#turns.take(async () => {
      const exchange = this.#exchanges++;
      const reads: Uint8Array[] = [];
      let busy = 0;
      for (const [index, step] of own.entries()) {
        const one = await this.#observe({ exchange, index, step }, () => this.#runStep(step, index, options));
        reads.push(...one.reads);
        busy += one.busy;
      }
      return { reads, busy };
    }, options?.signal);
  }

  override slowDown(): Promise<boolean> {
    return this.#turns.take(() => this.inner.slowDown());
  }

  override discardInput(): Promise<void> {
    return this.#turns.take(() => this.#other("discard", () => this.inner.discardInput()));
  }

  override close(): Promise<void> {
    return this.#turns.take(() => this.#other("close", () => this.inner.close()));
  }

  async #runStep(step: Step, index: number, options?: ExchangeOptions): Promise<Exchanged> {
    try {
      return await this.inner.exchange([step], options);
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      throw new StepError(index, error.failure, error.reply, { cause: error.cause });
    }
  }

  async #other(kind: "discard" | "close", run: () => Promise<void>): Promise<void> {
    const what = { exchange: this.#exchanges, index: 0, step: { kind } } as const;
    await this.#observe(what, async () => {
      await run();
      return { reads: [], busy: 0 };
    });
  }

  async #observe(
    what: Pick<TraceRecord, "exchange" | "index" | "step">,
    run: () => Promise<Exchanged>,
  ): Promise<Exchanged> {
    const begunMs = this.#now();
    const report = (outcome: TraceOutcome) =>
      this.#sink({ ...what, atMs: begunMs - this.#startMs, durationMs: this.#now() - begunMs, outcome });
    try {
      const exchanged = await run();
      const [bytes] = exchanged.reads;
      report({ kind: "done", bytes });
      return exchanged;
    } catch (error) {
      report(outcomeOf(error));
      throw error;
    }
  }
}

function outcomeOf(error: unknown): TraceOutcome {
  if (!(error instanceof StepError)) return { kind: "stopped", text: textOf(error) };
  const { failure, reply, cause } = error;
  return {
    kind: "failed",
    failure,
    reply,
    text: cause === undefined ? undefined : textOf(cause),
  };
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * One line per record: time since the start, time it took, what was sent (>), read (<) or polled (?), what came of it.
 * "   12.345   0.512  > 31 CE" and "   12.857   0.020  ? 79: unexpected 1F"
 */
export function formatTrace(record: TraceRecord): string {
  const time = (ms: number, width: number) => ms.toFixed(3).padStart(width);
  return `${time(record.atMs, 10)} ${time(record.durationMs, 9)}  ${move(record)}${ending(record.outcome)}`;
}

function move({ step, outcome }: TraceRecord): string {
  const got = outcome.kind === "done" && outcome.bytes ? ` ${hexBytes(outcome.bytes)}` : "";
  switch (step.kind) {
    case "write":
      return `> ${hexBytes(step.bytes)}`;
    case "read":
      return `< ${step.length}${got && ":"}${got}`;
    case "poll":
      return `? ${hexByte(step.accept)}`;
    case "delay":
      return `wait ${step.ms} ms`;
    case "discard":
      return "discard input";
    case "close":
      return "close";
  }
}

function ending(outcome: TraceOutcome): string {
  if (outcome.kind === "done") return "";
  if (outcome.kind === "stopped") return `: stopped: ${outcome.text}`;
  const reply = outcome.reply === undefined ? "" : ` ${hexByte(outcome.reply)}`;
  return `: ${outcome.failure}${reply}${outcome.text === undefined ? "" : ` (${outcome.text})`}`;
}

const hexByte = (byte: number): string => hex(byte, 2).slice(2);
const hexBytes = (bytes: Uint8Array): string => Array.from(bytes, hexByte).join(" ");
