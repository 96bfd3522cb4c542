/** Who is told what: people on stderr, programs on stdout, nobody on success (--quiet). */
import type { BootlaceError } from "../errors.js";
import type { FlashEvent } from "../flash/events.js";
import type { ChipInfo } from "../flash/job.js";
import type { Verdict } from "./verdict.js";

/** Tells of one job on one target, in this order: connected, events, then ended or failed. */
export interface Reporter {
  connected(chip: ChipInfo): void;
  event(event: FlashEvent): void;
  /** A line of --trace. */
  trace(line: string): void;
  ended(verdict: Verdict): void;
  failed(error: BootlaceError): void;
}
