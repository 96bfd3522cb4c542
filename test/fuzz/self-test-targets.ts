/** Targets that break each promise once in a while: the fuzzer has to notice. Run only when named. */

import type { FuzzTarget } from "./engine.js";

const target = (name: string, run: FuzzTarget["run"]): FuzzTarget => ({
  name: `self-test:${name}`,
  seeds: () => [Uint8Array.of(1, 2, 3, 4)],
  memoryLimit: (inputBytes) => inputBytes + (8 << 20),
  run,
});

/** Keeps what it allocates, so that no garbage collection hides it. */
const kept: Uint8Array[] = [];

export const SELF_TEST_TARGETS: readonly FuzzTarget[] = [
  target("crash", (input) => {
    if (input.length > 6) throw new RangeError("Invalid array length");
    return "fine";
  }),
  target("late-crash", async (input) => {
    await Promise.resolve();
    if (input.length > 6) throw new RangeError("Invalid array length");
    return "fine";
  }),
  target("memory", (input) => {
    if (input.length > 6) kept.push(new Uint8Array(64 << 20));
    return "fine";
  }),
  target("hang", (input) => {
    while (input.length > 6);
    return "fine";
  }),
  target("steps", (input) => {
    // Four bytes in a row: found only when each step on the way is kept and built on.
    const steps = [0x42, 0x4f, 0x4f, 0x54].findIndex((byte, index) => input[index] !== byte);
    if (steps < 0) throw new Error("all four");
    return `${steps} steps`;
  }),
];
