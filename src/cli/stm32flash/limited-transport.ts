/** A transport with shorter frames (-F), and with the rate it was opened at: another rate than that of -b is not tried. */
import type { ExchangeOptions, Step, Traits, Transport } from "../../transport/transport.js";
import type { FrameLimits } from "./command-line.js";

export class LimitedTransport implements Transport {
  constructor(
    readonly inner: Transport,
    readonly limits: FrameLimits,
  ) {}

  get traits(): Traits {
    const { traits } = this.inner;
    return {
      ...traits,
      maxRead: Math.min(traits.maxRead, this.limits.rx ?? Infinity),
      maxWrite: Math.min(traits.maxWrite, this.limits.tx ?? Infinity),
    };
  }

  get description(): string {
    return this.inner.description;
  }

  exchange(steps: readonly Step[], options?: ExchangeOptions): Promise<Uint8Array[]> {
    return this.inner.exchange(steps, options);
  }

  discardInput(): Promise<void> {
    return this.inner.discardInput();
  }

  shrinkFrames(): boolean {
    return this.inner.shrinkFrames?.() ?? false;
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
