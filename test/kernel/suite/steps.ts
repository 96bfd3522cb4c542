/** The steps of the transport, with a short form for polls. */
import type { PollStep } from "../../../src/transport/transport.js";
export { StepError, write } from "../../../src/transport/transport.js";

export const poll = (accept: number, timeoutMs: number): PollStep => ({ kind: "poll", accept, timeoutMs });
