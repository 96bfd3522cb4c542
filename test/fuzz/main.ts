/**
 * npm run fuzz -- [--runs N] [--seed S] [--target PREFIX] [--outcomes] [--hang-ms MS]
 *
 * N inputs in all, shared evenly by the targets whose name begins with PREFIX. The inputs are worked on in a worker
 * thread; this thread watches that each is done with in time, and saves the one that is not or that breaks a promise.
 */

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { Finding, fuzz } from "./engine.js";
import type { FuzzReport, FuzzTarget } from "./engine.js";
import { SELF_TEST_TARGETS } from "./self-test-targets.js";
import { TARGETS } from "./targets.js";

const ALL = [...TARGETS, ...SELF_TEST_TARGETS];

const INPUT_BYTES = 1 << 16;

interface Job {
  readonly target: string;
  readonly runs: number;
  readonly seed: number;
  /** Inputs begun, and length of the last. */
  readonly progress: SharedArrayBuffer;
  readonly input: SharedArrayBuffer;
}

type Message =
  | { readonly report: FuzzReport }
  | { readonly finding: { readonly text: string; readonly input: Uint8Array } };

async function work(job: Job): Promise<Message> {
  const target = ALL.find(({ name }) => name === job.target)!;
  const progress = new Int32Array(job.progress);
  const shown = new Uint8Array(job.input);
  const onInput = (input: Uint8Array): void => {
    shown.set(input.subarray(0, INPUT_BYTES));
    progress[1] = input.length;
    Atomics.add(progress, 0, 1);
  };
  try {
    return { report: await fuzz(target, { ...job, onInput }) };
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    return { finding: { text: error.message, input: error.input } };
  }
}

function startWorker(job: Job): { worker: Worker; message: Promise<Message> } {
  const worker = new Worker(new URL(import.meta.url), { workerData: job });
  const message = new Promise<Message>((resolve, reject) => {
    worker.once("message", resolve).once("error", reject);
    worker.once("exit", (code) => {
      reject(new Error(`the worker ended with ${code}`));
    });
  });
  return { worker, message };
}

interface WatchOptions {
  readonly runs: number;
  readonly seed: number;
  readonly hangMs: number;
}

/** One target to its end. @returns undefined when a promise was broken, after saying so */
async function watch(
  target: FuzzTarget,
  { runs, seed, hangMs }: WatchOptions,
): Promise<FuzzReport | undefined> {
  const progress = new Int32Array(new SharedArrayBuffer(8));
  const input = new Uint8Array(new SharedArrayBuffer(INPUT_BYTES));
  const job: Job = { target: target.name, runs, seed, progress: progress.buffer, input: input.buffer };
  const { worker, message } = startWorker(job);
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<Message>((resolve) => {
    let before = -1;
    timer = setInterval(() => {
      const now = Atomics.load(progress, 0);
      const bytes = input.slice(0, progress[1]);
      if (now === before)
        resolve({
          finding: { text: `${target.name}, input ${now - 1}: not done after ${hangMs} ms`, input: bytes },
        });
      before = now;
    }, hangMs);
  });
  const result = await Promise.race([message, hang]);
  clearInterval(timer);
  await worker.terminate();
  if ("report" in result) return result.report;
  const file = `fuzz-${target.name.replace(":", "-")}-${seed}.bin`;
  writeFileSync(file, result.finding.input);
  console.log(`FOUND  ${result.finding.text}\n       seed ${seed}; the input is saved in ${file}`);
  return undefined;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "1000000" },
      seed: { type: "string", default: "1" },
      target: { type: "string", default: "" },
      outcomes: { type: "boolean", default: false },
      // Far above what an input takes (microseconds), so that a busy machine is not taken for a hang.
      "hang-ms": { type: "string", default: "20000" },
    },
  });
  const chosen = values.target === "" ? TARGETS : ALL.filter(({ name }) => name.startsWith(values.target));
  const runs = Number(values.runs);
  const options = {
    runs: Math.ceil(runs / chosen.length),
    seed: Number(values.seed),
    hangMs: Number(values["hang-ms"]),
  };
  if (chosen.length === 0 || !Number.isInteger(runs) || runs < 1) {
    console.log(`no such target or count of runs; targets: ${TARGETS.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  let found = 0;
  for (const target of chosen) {
    const began = performance.now();
    const report = await watch(target, options);
    if (report === undefined) found++;
    else printReport(report, performance.now() - began, values.outcomes);
  }
  console.log(`${options.runs * chosen.length} inputs, ${found} findings`);
  return found === 0 ? 0 : 1;
}

function printReport({ target, runs, outcomes }: FuzzReport, elapsedMs: number, all: boolean): void {
  const perSecond = Math.round(runs / (elapsedMs / 1000));
  console.log(
    `${target.padEnd(14)} ${runs} inputs, ${outcomes.size} different outcomes, ${perSecond} per second`,
  );
  if (all)
    for (const [outcome, count] of [...outcomes].sort((a, b) => b[1] - a[1]))
      console.log(`  ${String(count).padStart(8)}  ${outcome}`);
}

if (isMainThread) process.exitCode = await main();
else parentPort!.postMessage(await work(workerData as Job));
