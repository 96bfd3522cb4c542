/** A transport in front of another one. Whoever extends this says what it changes; all the rest is the inner transport's. */
import type { Traits } from "./traits.js";
import type { ExchangeOptions, Exchanged, Step, Transport } from "./transport.js";

export class ForwardingTransport implements Transport {
  constructor(readonly inner: Transport) {}

  get traits(): Traits {
    return this.inner.traits;
  }

  get description(): string {
    return this.inner.description;
  }

  get baud(): number | undefined {
    return this.inner.baud;
  }

  exchange(steps: readonly Step[], options?: ExchangeOptions): Promise<Exchanged> {
    return this.inner.exchange(steps, options);
  }

  discardInput(): Promise<void> {
    return this.inner.discardInput();
  }

  shrinkFrames(): boolean {
    return this.inner.shrinkFrames();
  }

  slowDown(): Promise<boolean> {
    return this.inner.slowDown();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
