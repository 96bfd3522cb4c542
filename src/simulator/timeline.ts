/** What will happen in a chip, in order of time: operations of the flash controller, and events. */

/** Work of the flash controller. `finish` happens at its end; `interrupt` when power or reset cuts it off at `fraction`. */
export interface Operation {
  readonly durationMs: number;
  finish(): void;
  interrupt?(fraction: number): void;
}

interface RunningOperation extends Operation {
  readonly startMs: number;
  readonly endMs: number;
}

interface TimedEvent {
  readonly atMs: number;
  /** Power or reset: what the chip would have sent after it never comes. */
  readonly fatal: boolean;
  run(): void;
}

export class Timeline {
  #nowMs: number;
  #events: TimedEvent[] = [];
  #operations: RunningOperation[] = [];

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  /** That of the event in progress, else of the last run. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Until when operations are in progress; in the past when none is. */
  get operationsEndMs(): number {
    return this.#operations.at(-1)?.endMs ?? -Infinity;
  }

  /** Lets happen what is due by `ms`, in order. `deadline` is asked again after each: when it is due first, `expire` happens. */
  runTo(ms: number, deadline: () => number, expire: () => void): void {
    while (this.#nextMs(deadline()) <= ms) this.#step(deadline(), expire);
    if (ms > this.#nowMs) this.#nowMs = ms;
  }

  at(atMs: number, run: () => void, fatal = false): void {
    const event = { atMs, fatal, run };
    const index = this.#events.findIndex((other) => other.atMs > atMs);
    if (index < 0) this.#events.push(event);
    else this.#events.splice(index, 0, event);
  }

  /** When power or reset is already known to come by `ms`; else undefined. */
  lossBy(ms: number): number | undefined {
    if (this.#events.length === 0) return undefined;
    return this.#events.find((event) => event.fatal && event.atMs <= ms)?.atMs;
  }

  /** Puts `operation` behind those in progress, not before `notBeforeMs`. */
  operate(operation: Operation, notBeforeMs: number): { readonly startMs: number; readonly endMs: number } {
    const startMs = Math.max(notBeforeMs, this.#nowMs, this.operationsEndMs);
    const endMs = startMs + operation.durationMs;
    this.#operations.push({ ...operation, startMs, endMs });
    return { startMs, endMs };
  }

  /** The operation in progress is cut off; those behind it and all events never come. */
  cut(): void {
    const [running] = this.#operations;
    this.#operations = [];
    this.#events = [];
    if (!running || running.startMs > this.#nowMs || running.endMs === running.startMs) return;
    running.interrupt?.((this.#nowMs - running.startMs) / (running.endMs - running.startMs));
  }

  #nextMs(deadlineMs: number): number {
    const eventMs = this.#events[0]?.atMs ?? Infinity;
    const operationMs = this.#operations[0]?.endMs ?? Infinity;
    return Math.min(eventMs, operationMs, deadlineMs);
  }

  #step(deadlineMs: number, expire: () => void): void {
    const atMs = this.#nextMs(deadlineMs);
    if (atMs > this.#nowMs) this.#nowMs = atMs;
    // An operation that ends at the very moment of an event has ended.
    if (this.#operations[0]?.endMs === atMs) this.#operations.shift()!.finish();
    else if (this.#events[0]?.atMs === atMs) this.#events.shift()!.run();
    else expire();
  }
}
