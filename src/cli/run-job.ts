/** One job on one target or on several: connect, do it, say how it ended, close. Buses in parallel, chips of one bus in turn. */
import { BootlaceError, type ErrorCode, ERRORS } from "../errors.js";
import type { JobOptions } from "../flash/job.js";
import type { Target } from "../flash/target.js";
import type { Context } from "./context.js";
import { stackText, stoppedError } from "./failure.js";
import { InOrder } from "./in-order.js";
import { document } from "./json.js";
import { JsonReporter } from "./json-reporter.js";
import type { OutputOptions } from "./options.js";
import { PeopleReporter } from "./people-reporter.js";
import type { Reporter } from "./reporter.js";
import { Screen } from "./screen.js";
import type { ChosenTarget } from "./targets.js";
import { plural } from "./text.js";
import type { Verdict } from "./verdict.js";

export interface Job {
  readonly verb: string;
  readonly targets: readonly ChosenTarget[];
  readonly output: OutputOptions;
  /** What is done with each target. */
  readonly work: (
    target: Target,
    options: Required<Omit<JobOptions, "onProgress">>,
    chosen: ChosenTarget,
  ) => Promise<Verdict>;
  /** What a failure means to this verb. */
  readonly failed?: ((error: BootlaceError) => BootlaceError) | undefined;
}

/** @returns the exit status */
export async function runJob(context: Context, job: Job): Promise<number> {
  const screen = new Screen(
    context.io.stderr,
    context.style,
    context.now,
    job.targets.map(({ name }) => name),
  );
  context.signal.addEventListener("abort", () => stopping(screen, job.output), { once: true });
  const several = job.targets.length > 1;
  const byBus = new Map<string, ChosenTarget[]>();
  for (const target of job.targets) byBus.set(target.bus, [...(byBus.get(target.bus) ?? []), target]);
  const codes: (ErrorCode | undefined)[] = [];
  const order = new InOrder();
  const buses = [...byBus.values()].map(async (targets) => {
    for (const target of targets) {
      const place = job.targets.indexOf(target);
      const reporter = reporterFor(context, job, screen, several ? target.name : undefined);
      // Programs tell lines apart by the target in each, and are not kept waiting.
      const say = (words: () => void): void => (job.output.json === true ? words() : order.say(place, words));
      codes[place] = await runOne(context, job, { target, reporter, screen, say });
    }
  });
  await Promise.all(buses);
  screen.close();
  if (!several) return statusOf(codes[0]);
  return summarise(context, job, codes);
}

function stopping(screen: Screen, output: OutputOptions): void {
  if (output.json === true || output.quiet === true) return;
  screen.print("Stopping after the command in progress; Ctrl-C again leaves at once.");
}

function reporterFor(context: Context, job: Job, screen: Screen, target: string | undefined): Reporter {
  const { verb, output } = job;
  return output.json === true
    ? new JsonReporter(context.io.stdout, { verb, target, quiet: output.quiet }, context.now)
    : new PeopleReporter(screen, { verb, target, quiet: output.quiet === true });
}

interface One {
  readonly target: ChosenTarget;
  readonly reporter: Reporter;
  readonly screen: Screen;
  /** Lets the verdict out when it is this target's turn. */
  readonly say: (words: () => void) => void;
}

/** @returns the code of what failed, undefined when all is well */
async function runOne(
  context: Context,
  job: Job,
  { target, reporter, screen, say }: One,
): Promise<ErrorCode | undefined> {
  try {
    const verdict = await workOn(context, job, target, reporter);
    say(() => {
      if (verdict.data !== undefined && job.output.json !== true) context.io.stdout.write(verdict.data);
      reporter.ended(verdict);
    });
    return verdict.failure?.code;
  } catch (thrown) {
    const failure = stoppedError(thrown, context.signal);
    const error = job.failed?.(failure) ?? failure;
    say(() => {
      if (job.output.trace === true) screen.print(stackText(thrown));
      reporter.failed(error);
    });
    return error.code;
  }
}

async function workOn(
  context: Context,
  job: Job,
  chosen: ChosenTarget,
  reporter: Reporter,
): Promise<Verdict> {
  const { signal } = context;
  signal.throwIfAborted();
  const jobOptions = { signal, onEvent: (event: Parameters<Reporter["event"]>[0]) => reporter.event(event) };
  const target = await context.connect(chosen.target, {
    ...chosen.options,
    ...jobOptions,
    onTrace: job.output.trace === true ? (line: string) => reporter.trace(line) : undefined,
  });
  reporter.connected(target.chip);
  const verdict = await job.work(target, jobOptions, chosen).catch(async (error: unknown) => {
    await target.close().catch(() => undefined); // the first failure is the one to tell
    throw error;
  });
  await target.close();
  return verdict;
}

function summarise(context: Context, job: Job, codes: readonly (ErrorCode | undefined)[]): number {
  const failures = codes.filter((code) => code !== undefined);
  const worst = worstOf(failures);
  const ok = codes.length - failures.length;
  if (job.output.json === true) {
    context.io.stdout.write(
      document("summary", {
        verb: job.verb,
        ok: worst === undefined,
        succeeded: ok,
        failed: failures.length,
        exitStatus: statusOf(worst),
      }),
    );
  } else if (worst !== undefined) {
    const { style } = context;
    context.io.stderr.write(
      `${style.red(style.bold("FAILED"))}  ${failures.length} of ${plural(codes.length, "target")}: ${worst}${kindsOf(failures)}, exit status ${statusOf(worst)}\n`,
    );
  } else if (job.output.quiet !== true) {
    const { style } = context;
    context.io.stderr.write(
      `${style.green(style.bold("OK"))}  ${job.verb}: all ${plural(codes.length, "target")}\n`,
    );
  }
  return statusOf(worst);
}

/** One kind of failure keeps its own status; different kinds share SEVERAL_FAILED; being stopped by the user comes first. */
function worstOf(failures: readonly ErrorCode[]): ErrorCode | undefined {
  const stopped = failures.find((code) => code === "INTERRUPTED" || code === "TERMINATED");
  if (stopped !== undefined) return stopped;
  return new Set(failures).size > 1 ? "SEVERAL_FAILED" : failures[0];
}

/** " (1 WRONG_CHIP, 2 INTERRUPTED)" where they differ: one word would hide the others. */
function kindsOf(failures: readonly ErrorCode[]): string {
  const counts = new Map<ErrorCode, number>();
  for (const code of failures) counts.set(code, (counts.get(code) ?? 0) + 1);
  if (counts.size < 2) return "";
  return ` (${[...counts].map(([code, count]) => `${count} ${code}`).join(", ")})`;
}

const statusOf = (code: ErrorCode | undefined): number => (code === undefined ? 0 : ERRORS[code].exit);
