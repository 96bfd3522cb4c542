/** A sample of the sweep (`npm run errno` has all of it): no system call that fails makes a bug of ours, a crash or an untrue OK. */
import { describe, expect, it } from "vitest";
import { SESSIONS, type Stage } from "./sessions.js";
import { faultOf, tried, trialsOf } from "./sweep.js";

/** One trial in so many, beginning at another one in each session. */
const STRIDE = 29;

describe("a system call that fails once", () => {
  it.each(SESSIONS.map((session, index) => ({ session, name: session.name, index })))(
    "$name: a code of the table, the state of the chip, and no INTERNAL",
    async ({ session, index }) => {
      const trials = (await trialsOf(session)).filter((_, at) => at % STRIDE === index % STRIDE);
      expect(trials.length).toBeGreaterThan(0);
      for (const trial of trials) expect(await tried(session, trial)).toBeUndefined();
    },
    120_000,
  );

  const stage: Stage = { args: ["read"], paths: [], truth: () => "untrue", close: () => undefined };
  const ended = { status: 43, signal: null, stdout: "", stderr: "" };
  const chip = "Chip  x\nerror: y [FILE_FAILED]\n";
  it.each([
    ["a bug of ours", { ...ended, status: 70, stderr: "error: x [INTERNAL]" }, "INTERNAL"],
    ["a crash", { ...ended, status: null, signal: "SIGSEGV" as const }, "ended by SIGSEGV"],
    ["a stack", { ...ended, stderr: "Error: x\n    at f (y.js:1)" }, "a stack"],
    ["a status of nobody", { ...ended, status: 1 }, "exit status 1, which is not in the table"],
    ["a failure without a code", { ...ended, stderr: "error: x" }, "no code"],
    ["an untrue OK", { ...ended, status: 0 }, "untrue"],
    ["a chip of which nothing is told", { ...ended, stderr: `${chip}FAILED  at read: x` }, "the state of the chip is not told"], // prettier-ignore
    ["a failure as it should be", { ...ended, stderr: `${chip}  chip: z\nFAILED  at read: x` }, undefined],
  ])("is judged: %s", (_, result, fault) => expect(faultOf(result, stage)).toBe(fault));
});
