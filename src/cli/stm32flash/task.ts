import type { JobOptions } from "../../flash/job.js";
import type { Session } from "../../flash/chip/session.js";
import type { Io } from "../context.js";
import type { CommandLine } from "./command-line.js";
import type { Port } from "./open-chip.js";
import type { Report } from "./report.js";

/** What the work on a chip needs. */
export interface Task {
  readonly line: CommandLine;
  readonly io: Io;
  readonly port: Port;
  readonly session: Session;
  readonly report: Report;
  readonly jobOptions: JobOptions;
}
