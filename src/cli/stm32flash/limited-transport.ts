/** A transport with shorter frames (-F), and with the rate it was opened at: another rate than that of -b is not tried. */
import type { Traits } from "../../transport/traits.js";
import type { Transport } from "../../transport/transport.js";
import { ForwardingTransport } from "../../transport/wrap.js";
import type { FrameLimits } from "./command-line.js";

export class LimitedTransport extends ForwardingTransport {
  constructor(
    inner: Transport,
    readonly limits: FrameLimits,
  ) {
    super(inner);
  }

  override get traits(): Traits {
    const { traits } = this.inner;
    return {
      ...traits,
      maxRead: Math.min(traits.maxRead, this.limits.rx ?? Infinity),
      maxWrite: Math.min(traits.maxWrite, this.limits.tx ?? Infinity),
    };
  }

  override slowDown(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
