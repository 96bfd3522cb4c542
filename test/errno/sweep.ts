/**
 * Every system call of a session fails once, with every error that it can have. strace stands between the command and the kernel, a
 * witness that we did not write: `strace -P PATH -e inject=CALL:error=ERRNO:when=N`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { ERRORS } from "../../src/errors.js";
import { compile, SHARED } from "../fake-i2c-dev/build.js";
import { runTool, type ToolResult } from "../fake-i2c-dev/run-tool.js";
import { projectFolder } from "../fake-i2c-dev/project-folder.js";
import { callsIn, ERRORS_OF, type Call } from "./calls.js";
import type { Session, Stage } from "./sessions.js";

export interface Trial extends Call {
  readonly session: string;
  readonly errno: string;
}

export const trialText = ({ session, name, when, errno }: Trial): string =>
  `${session}: call ${when} of ${name} fails with ${errno}`;

/** One thread of libuv: strace counts calls by thread. */
const ENV = { UV_THREADPOOL_SIZE: "1", NO_COLOR: "1", BOOTLACE_PORT: "" };
const BIN = join(projectFolder(), "bin/bootlace.js");

async function onStage<T>(session: Session, work: (stage: Stage, folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "bootlace-errno-"));
  const stage = await session.open(folder);
  try {
    return await work(stage, folder);
  } finally {
    stage.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param failing a call of which the devices' stand-ins are to tell that it failed */
const besideStandIns = (stage: Stage, log: string, failing?: Trial): Promise<ToolResult> => {
  const { LD_PRELOAD = "", ...env } = stage.standIn!;
  const library = compile("fail-call.so", [join(projectFolder(), "test/errno/fail-call.c")], SHARED);
  const order = failing && `${failing.name}:${failing.when}:${constants.errno[failing.errno as "EIO"]}`;
  return runTool(
    process.execPath,
    [BIN, ...stage.args],
    {
      ...ENV,
      ...env,
      LD_PRELOAD: `${library}:${LD_PRELOAD}`,
      FAIL_PATHS: stage.paths.join(":"),
      FAIL_LOG: log,
      ...(order !== undefined && { FAIL_CALL: order }),
    },
    { timeoutMs: 30_000 },
  );
};

const traced = (stage: Stage, log: string, failing?: Trial): Promise<ToolResult> =>
  stage.standIn === undefined ? underStrace(stage, log, failing) : besideStandIns(stage, log, failing);

const underStrace = (stage: Stage, log: string, failing?: Trial): Promise<ToolResult> =>
  runTool(
    "strace",
    [
      ...["-f", "-qq", "-o", log],
      ...stage.paths.flatMap((path) => ["-P", path]),
      ...(failing ? ["-e", `inject=${failing.name}:error=${failing.errno}:when=${failing.when}`] : []),
      process.execPath,
      BIN,
      ...stage.args,
    ],
    ENV,
    { timeoutMs: 30_000 },
  );

/** The trials of a session: its calls as an undisturbed run makes them. */
export const trialsOf = (session: Session): Promise<Trial[]> =>
  onStage(session, async (stage, folder) => {
    const log = join(folder, "calls");
    const result = await traced(stage, log);
    const untrue = stage.truth();
    if (result.status !== 0 || untrue !== undefined)
      throw new Error(`${session.name}, undisturbed: ${untrue ?? ""} ${result.stderr}${result.stdout}`);
    return callsIn(log).flatMap((call) =>
      ERRORS_OF[call.name]!.map((errno) => ({ session: session.name, ...call, errno })),
    );
  });

const STATUSES: ReadonlySet<number> = new Set(Object.values(ERRORS).map(({ exit }) => exit));

/** @returns what is wrong with how the command took it; undefined when all is well */
export const tried = (session: Session, trial: Trial): Promise<string | undefined> =>
  onStage(session, async (stage, folder) => {
    const result = await traced(stage, join(folder, "calls"), trial);
    const fault = faultOf(result, stage);
    return fault === undefined
      ? undefined
      : `${trialText(trial)}: ${fault}\n${result.stderr}${result.stdout}`;
  });

export function faultOf({ status, signal, stderr, stdout }: ToolResult, stage: Stage): string | undefined {
  const told = stderr + stdout;
  if (status === null) return `ended by ${String(signal)}`;
  if (status === 0) return stage.truth();
  if (told.includes("INTERNAL") || told.includes("bug in bootlace")) return "INTERNAL";
  if (/^ {4}at /m.test(told)) return "a stack";
  if (stage.args[0] === "stm32flash") return status === 1 ? undefined : `exit status ${status}`;
  if (!STATUSES.has(status)) return `exit status ${status}, which is not in the table`;
  if (stage.args[0] === "scan" && status === ERRORS.NO_REPLY.exit) return undefined; // nobody answers
  if (stage.args[0] === "doctor" && status === ERRORS.NOT_READY.exit) return undefined; // its findings say what fails
  if (!/\[[A-Z_]+\]/.test(stderr)) return "no code";
  const connected = /^FAILED {2}at (?!connect)/m.test(stderr) && /^Chip/m.test(stderr);
  return connected && !/^ {2}chip:/m.test(stderr) ? "the state of the chip is not told" : undefined;
}
