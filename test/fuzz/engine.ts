/**
 * Throws damaged inputs at a target and keeps those that bring out something new: no instrumentation, but the target's
 * own account of what happened ("outcome") guides it from one check to the next.
 */

import { damaged, spliced } from "./mutate.js";
import type { Mutation } from "./mutate.js";
import { seeded } from "./random.js";
import type { Random } from "./random.js";

export interface FuzzTarget {
  readonly name: string;
  /** Valid inputs to begin with. */
  seeds(random: Random): Uint8Array[];
  /** Damage that knows the format; taken as often as damage that does not. */
  readonly mutations?: readonly Mutation[];
  /** Most bytes that one input may cost while it is worked on; not checked when absent. */
  memoryLimit?(inputBytes: number): number;
  /**
   * Works on one input, which is its own copy.
   * @returns what happened, in words that are the same for inputs of the same kind
   * @throws when a promise is broken: what is thrown is the finding
   */
  run(input: Uint8Array): string | Promise<string>;
}

export interface FuzzOptions {
  readonly runs: number;
  readonly seed: number;
  /** Called before each input: a watchdog's sign of life, and the input if this is the last. */
  readonly onInput?: (input: Uint8Array, run: number) => void;
}

export interface FuzzReport {
  readonly target: string;
  readonly runs: number;
  /** How often each outcome came out. */
  readonly outcomes: ReadonlyMap<string, number>;
}

/** A broken promise, with what is needed to see it again. */
export class Finding extends Error {
  constructor(
    readonly target: string,
    readonly run: number,
    readonly input: Uint8Array,
    cause: unknown,
  ) {
    const what = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    super(`${target}, input ${run} (${input.length} bytes): ${what}`, { cause });
  }
}

const MAX_INPUT_BYTES = 1 << 16;
const MAX_KEPT = 2000;

export async function fuzz(target: FuzzTarget, { runs, seed, onInput }: FuzzOptions): Promise<FuzzReport> {
  const random = seeded(seed);
  const kept = target.seeds(random);
  const outcomes = new Map<string, number>();
  for (let run = 0; run < runs; run++) {
    const input = run < kept.length ? kept[run]! : mutated(target, kept, random);
    onInput?.(input, run);
    const outcome = await tried(target, input, run);
    const seen = outcomes.get(outcome) ?? 0;
    outcomes.set(outcome, seen + 1);
    if (seen === 0 && run >= kept.length && kept.length < MAX_KEPT) kept.push(input);
  }
  return { target: target.name, runs, outcomes };
}

/** One to four kinds of damage, one after the other. */
function mutated(target: FuzzTarget, kept: readonly Uint8Array[], random: Random): Uint8Array {
  let input = random.pick(kept);
  const { mutations = [] } = target;
  do {
    if (random.chance(0.05)) input = spliced(input, random.pick(kept), random);
    else if (mutations.length > 0 && random.chance(0.5)) input = random.pick(mutations)(input, random);
    else input = damaged(input, random);
  } while (random.chance(0.4));
  return input.slice(0, MAX_INPUT_BYTES);
}

async function tried(target: FuzzTarget, input: Uint8Array, run: number): Promise<string> {
  try {
    const limit = target.memoryLimit?.(input.length);
    const before = limit === undefined ? 0 : memoryInUse();
    const pending = target.run(input.slice());
    const outcome = typeof pending === "string" ? pending : await pending;
    // Garbage collected in between makes the difference smaller, never larger.
    const cost = limit === undefined ? 0 : memoryInUse() - before;
    if (limit !== undefined && cost > limit)
      throw new Error(`cost ${cost} bytes of memory, the limit is ${limit}`);
    return outcome;
  } catch (error) {
    throw new Finding(target.name, run, input, error);
  }
}

function memoryInUse(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
