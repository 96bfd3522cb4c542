/** Turns a failed step into the sentence that a user reads: which command, where, which stage, and what came instead. */
import { BootlaceError, hex, isSystemError, type ErrorCode } from "../errors.js";
import type { StepError } from "../transport/transport.js";
import { NACK, READ_MEMORY } from "./commands.js";
import type { Dialogue, Stage } from "./dialogue.js";

/** What the errno of a bus says. Adapters disagree about which one a missing acknowledge gives. */
const SYSTEM_FAILURES: Readonly<Record<string, { code: ErrorCode; text: string }>> = {
  ENXIO: { code: "NO_REPLY", text: "the address was not acknowledged" },
  EREMOTEIO: { code: "NO_REPLY", text: "the address or a byte was not acknowledged" },
  EAGAIN: { code: "BUS_BUSY", text: "arbitration was lost to another controller" },
  ETIMEDOUT: { code: "TIMED_OUT", text: "the adapter gave up waiting for the clock line" },
  EOPNOTSUPP: { code: "ADAPTER_LIMIT", text: "the adapter cannot send a message of this length" },
  ENODEV: { code: "ADAPTER_GONE", text: "the adapter is gone" },
  ESHUTDOWN: { code: "ADAPTER_GONE", text: "the adapter was shut down" },
  EBADF: { code: "ADAPTER_GONE", text: "the device was closed" },
  EPERM: { code: "NO_PERMISSION", text: "the system does not permit it" },
  EACCES: { code: "NO_PERMISSION", text: "the system does not permit it" },
  EIO: { code: "BUS_FAILED", text: "the bus failed" },
};

export function dialogueFailure(dialogue: Dialogue, stage: Stage, cause: StepError): BootlaceError {
  const where = dialogue.address === undefined ? "" : ` at ${hex(dialogue.address)}`;
  const { code, text } = explain(stage === "command" && dialogue.name === READ_MEMORY.name, cause);
  const context = { command: dialogue.name, stage, address: dialogue.address, reply: cause.reply };
  const message = `${dialogue.name}${where}: ${text} in the ${stage} stage`;
  return new BootlaceError(code, message, context, { cause: cause.cause ?? cause });
}

/** What a failed system call on the bus means, in a code and some words. */
export function explainSystem(cause: unknown): { code: ErrorCode; text: string } {
  if (cause instanceof BootlaceError) return { code: cause.code, text: cause.message };
  const name = isSystemError(cause) ? cause.code : "unknown error";
  const means = isSystemError(cause) ? SYSTEM_FAILURES[cause.means ?? ""] : undefined;
  if (means) return { ...means, text: `${means.text} (this driver says ${name} then)` };
  return SYSTEM_FAILURES[name] ?? { code: "BUS_FAILED", text: `the bus failed with ${name}` };
}

/** A system call that failed outside of a step: no errno is a bug of ours. What is no system error stays as it is. */
export function inOurWords(error: unknown): unknown {
  if (error instanceof BootlaceError || !isSystemError(error)) return error;
  const { code, text } = explainSystem(error);
  return new BootlaceError(code, `${error.syscall}: ${text}`, {}, { cause: error });
}

/** @param protection a refusal at this point means readout protection: of other commands refusal.ts finds out */
function explain(
  protection: boolean,
  { failure, reply, cause }: StepError,
): { code: ErrorCode; text: string } {
  if (failure === "system") return explainSystem(cause);
  if (failure === "too long") return SYSTEM_FAILURES["EOPNOTSUPP"]!;
  if (failure === "timeout")
    return reply === undefined
      ? { code: "NO_REPLY", text: "no answer" }
      : { code: "TIMED_OUT", text: `still busy (${hex(reply, 2)}) at the time-out` };
  if (reply === NACK) return { code: protection ? "PROTECTED" : "REFUSED", text: "refused" };
  return {
    code: "DESYNCHRONISED",
    text: `answered ${reply === undefined ? "nothing" : hex(reply, 2)} instead of ACK`,
  };
}
