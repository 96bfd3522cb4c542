import type { StepError } from "../transport.js";

/** What went wrong in a step; the transport adds which step it was. */
export class WireFailure extends Error {
  constructor(
    readonly failure: StepError["failure"],
    readonly reply?: number,
    cause?: Error,
  ) {
    super(failure, { cause });
  }
}
