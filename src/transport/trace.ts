/**
 * A transport that reports each step of another one: for --trace and for bug reports.
 *
 * To time each step, lists are given to the inner transport step by step; a queue here keeps the promise that nothing of another
 * caller comes between. That costs a thread hop per step, so a traced run is a little slower than one without.
 */
import { hex } from "../errors.js";
import { StepError } from "./transport.js";
import { Turns } from "./turns.js";
import type { ExchangeOptions, Step, StepFailure, Traits, Transport } from "./transport.js";
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
  | { readonly kind: "done"; readonly bytes?: Uint8Array }
  | {
      readonly kind: "failed";
      readonly failure: StepFailure;
      readonly reply?: number;
      readonly text?: string;
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

class TracedTransport implements Transport {
  readonly #inner: Transport;
  readonly #sink: (record: TraceRecord) => void;
  readonly #now: () => number;
  readonly #startMs: number;
  readonly #turns = new Turns();
  readonly shrinkFrames?: () => boolean;
  readonly setBaud?: (baud: number) => Promise<void>;
  readonly slowDown?: () => Promise<boolean>;
  #exchanges = 0;

  constructor(inner: Transport, sink: (record: TraceRecord) => void, now: () => number) {
    this.#inner = inner;
    this.#sink = sink;
    this.#now = now;
    this.#startMs = now();
    if (inner.setBaud)
      this.setBaud = (baud) => this.#turns.take(() => inner.setBaud?.(baud) ?? Promise.resolve());
    if (inner.slowDown)
      this.slowDown = () => this.#turns.take(() => inner.slowDown?.() ?? Promise.resolve(false));
    if (inner.shrinkFrames) this.shrinkFrames = () => inner.shrinkFrames?.() ?? false;
  }

  get traits(): Traits {
    return this.#inner.traits;
  }

  get description(): string {
    return this.#inner.description;
  }

  exchange(steps: readonly Step[], options?: ExchangeOptions): Promise<Uint8Array[]> {
    const own = [...steps]; // the caller may change its list while this one waits
    return this.#turns.take(async () => {
      const exchange = this.#exchanges++;
      const reads: Uint8Array[] = [];
      for (const [index, step] of own.entries())
        reads.push(
          ...(await this.#observe({ exchange, index, step }, () => this.#runStep(step, index, options))),
        );
      return reads;
    }, options?.signal);
  }

  discardInput(): Promise<void> {
    return this.#turns.take(() => this.#other("discard", () => this.#inner.discardInput()));
  }

  close(): Promise<void> {
    return this.#turns.take(() => this.#other("close", () => this.#inner.close()));
  }

  async #runStep(step: Step, index: number, options?: ExchangeOptions): Promise<Uint8Array[]> {
    try {
      return await this.#inner.exchange([step], options);
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      throw new StepError(index, error.failure, error.reply, { cause: error.cause });
    }
  }

  async #other(kind: "discard" | "close", run: () => Promise<void>): Promise<void> {
    const what = { exchange: this.#exchanges, index: 0, step: { kind } } as const;
    await this.#observe(what, async () => {
      await run();
      return [];
    });
  }

  async #observe(
    what: Pick<TraceRecord, "exchange" | "index" | "step">,
    run: () => Promise<Uint8Array[]>,
  ): Promise<Uint8Array[]> {
    const begunMs = this.#now();
    const report = (outcome: TraceOutcome) =>
      this.#sink({ ...what, atMs: begunMs - this.#startMs, durationMs: this.#now() - begunMs, outcome });
    try {
      const reads = await run();
      report({ kind: "done", ...(reads[0] && { bytes: reads[0] }) });
      return reads;
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
    ...(reply !== undefined && { reply }),
    ...(cause !== undefined && { text: textOf(cause) }),
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
