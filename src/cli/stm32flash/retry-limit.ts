/** -n: how often something that failed is tried again in a row. bootlace has limits of its own; -n can only lower them. */
import { BootlaceError } from "../../errors.js";
import type { JobOptions } from "../../flash/job.js";
import type { CommandLine } from "./command-line.js";
import type { Report } from "./report.js";

export function jobOptionsOf({ retries }: CommandLine, report: Report, signal: AbortSignal): JobOptions {
  const stop = new AbortController();
  if (signal.aborted) stop.abort(signal.reason);
  signal.addEventListener("abort", () => stop.abort(signal.reason), { once: true });
  return {
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === "retry" && event.attempt > retries)
        stop.abort(new BootlaceError("BUS_FAILED", `${event.reason}; -n ${retries} allows no further try`));
      else report.event(event);
    },
  };
}
