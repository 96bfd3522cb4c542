/**
 * `bootlace stm32flash`: what scripts that call stm32flash 0.7 expect, with bootlace's way of writing. Exit status 0 when all was done,
 * 1 when anything was not, as 0.7. docs/stm32flash.md lists where the two differ and why.
 */
import { BootlaceError } from "../../errors.js";
import type { LineDriver } from "../../lines/line-driver.js";
import type { Context } from "../context.js";
import { stoppedError } from "../failure.js";
import { VERSION } from "../version.js";
import { leave, perform } from "./actions.js";
import { type CommandLine, parseCommandLine } from "./command-line.js";
import { HELP } from "./help.js";
import { meetChip, moveSignals, openPort, openSignals, type Port } from "./open-chip.js";
import { chipText, Report } from "./report.js";
import { jobOptionsOf } from "./retry-limit.js";
import { openSource, type Source } from "./source.js";

/** @returns the exit status */
export async function runStm32flash(context: Context, argv: readonly string[]): Promise<number> {
  const { io, signal } = context;
  let report = new Report(io, false);
  try {
    const line = parseCommandLine(argv[0] === "--help" ? ["-h"] : argv);
    if (line.help) {
      io.stderr.write(HELP);
      return 0;
    }
    report = new Report(io, line.action === "read" && line.file === "-");
    report.say(`bootlace ${VERSION}, taking the options of stm32flash 0.7`);
    const source =
      line.action === "write" ? await openSource(line.file, { stdin: io.stdin, raw: line.raw }) : undefined;
    const port = await openPort(line, signal);
    await closing(port, () => useSignals({ line, context, report, port }, source));
    return 0;
  } catch (thrown) {
    const error = stoppedError(thrown, signal);
    report.failed(error);
    return statusOf(error);
  }
}

/** A shell sees 128 and the signal's number when a program is ended by a signal, as 0.7 is. */
const statusOf = ({ code, exitStatus }: BootlaceError): number =>
  code === "INTERRUPTED" || code === "TERMINATED" ? exitStatus : 1;

/** The first failure is the one to tell. */
async function closing(port: Port, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await port.close().catch(() => undefined);
    throw error;
  }
  await port.close();
}

interface Opened {
  readonly line: CommandLine;
  readonly context: Context;
  readonly report: Report;
  readonly port: Port;
}

/** The exit part of -i is run whatever happened in between, so that the lines are where they belong (0.7 since version 0.6). */
async function useSignals(opened: Opened, source: Source | undefined): Promise<void> {
  const { line, port } = opened;
  const driver = await openSignals(line, port);
  let failure: { readonly error: unknown } | undefined;
  try {
    await moveSignals(line.signals?.entry ?? [], driver);
    await useChip(opened, source);
  } catch (error) {
    failure = { error };
  }
  try {
    await leaveSignals(line, driver);
  } catch (error) {
    failure ??= { error };
  }
  if (failure) throw failure.error;
}

async function leaveSignals({ signals }: CommandLine, driver: LineDriver | undefined): Promise<void> {
  try {
    await moveSignals(signals?.exit ?? [], driver);
  } finally {
    await driver?.release();
  }
}

async function useChip({ line, context, report, port }: Opened, source: Source | undefined): Promise<void> {
  const { io, signal } = context;
  signal.throwIfAborted();
  const session = await meetChip(port, line.resume);
  report.say(chipText(session));
  const task = { line, io, port, session, report, jobOptions: jobOptionsOf(line, report, signal) };
  await perform(task, source);
  await leave(task, (line.signals?.exit.length ?? 0) > 0);
}
