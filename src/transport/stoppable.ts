/** A transport whose every list stops when a signal is aborted: for dialogues that may be left in the middle, like connecting. */
import type { Transport } from "./transport.js";

export function stoppable(inner: Transport, signal: AbortSignal | undefined): Transport {
  if (!signal) return inner;
  return {
    get traits() {
      return inner.traits;
    },
    get description() {
      return inner.description;
    },
    exchange: (steps) => inner.exchange(steps, { signal }),
    discardInput: () => inner.discardInput(),
    close: () => inner.close(),
    ...(inner.slowDown && { slowDown: () => inner.slowDown!() }),
    ...(inner.shrinkFrames && { shrinkFrames: () => inner.shrinkFrames!() }),
  };
}
