/** A way to the chip that does not mend itself by waiting. */
import { BootlaceError, isSystemError } from "../../errors.js";
import type { StepError } from "../../transport/transport.js";

/** An adapter that was unplugged or an access that is forbidden does not mend itself by waiting. */
export function rethrowIfGone(error: StepError): void {
  if (error.cause instanceof BootlaceError) throw busFailed(error);
  if (isSystemError(error.cause) && GONE.has(error.cause.code)) throw busFailed(error);
}

const FORBIDDEN: ReadonlySet<string> = new Set(["EPERM", "EACCES"]);
const GONE: ReadonlySet<string> = new Set(["ENODEV", "ESHUTDOWN", "EBADF", ...FORBIDDEN]);

export function busFailed({ cause }: StepError): BootlaceError {
  if (cause instanceof BootlaceError) return cause;
  const name = isSystemError(cause) ? cause.code : "unknown error";
  const code = FORBIDDEN.has(name) ? "NO_PERMISSION" : GONE.has(name) ? "ADAPTER_GONE" : "BUS_FAILED";
  return new BootlaceError(code, `the way to the chip cannot be used any more (${name})`, {}, { cause });
}
