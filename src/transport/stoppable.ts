/** A transport whose every list stops when a signal is aborted: for dialogues that may be left in the middle, like connecting. */
import type { Exchanged, Step, Transport } from "./transport.js";
import { ForwardingTransport } from "./wrap.js";

export const stoppable = (inner: Transport, signal: AbortSignal | undefined): Transport =>
  signal ? new StoppableTransport(inner, signal) : inner;

class StoppableTransport extends ForwardingTransport {
  readonly #signal: AbortSignal;

  constructor(inner: Transport, signal: AbortSignal) {
    super(inner);
    this.#signal = signal;
  }

  override exchange(steps: readonly Step[]): Promise<Exchanged> {
    return this.inner.exchange(steps, { signal: this.#signal });
  }
}
