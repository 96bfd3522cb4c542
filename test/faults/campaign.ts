/** All cases of a campaign, one after the other: every variant of every fault at every step, then pairs at seeded places. */
import { seeded, type Random } from "../fuzz/random.js";
import type { Step } from "../../src/transport/transport.js";
import { CHIP_VARIANTS, LINK_VARIANTS } from "./kinds.js";
import type { Protocol } from "./rig.js";
import type { Session } from "./sessions.js";
import { record, runCase, type Case, type Place, type Verdict } from "./trial.js";

/** A session on a protocol, with its steps as they are without faults. */
export interface Course {
  readonly protocol: Protocol;
  readonly session: Session;
  readonly steps: readonly Step[];
  readonly operations: number;
}

export async function courses(
  protocols: readonly Protocol[],
  sessions: readonly Session[],
): Promise<Course[]> {
  const all: Course[] = [];
  for (const protocol of protocols)
    for (const session of sessions)
      if (!protocol.lacks?.some((kind) => kind.test(session.name)))
        all.push({ protocol, session, ...(await record(protocol, session)) });
  return all;
}

/** @param stride 1: every case; n: one in n of them, chosen by the seed */
export function* singleFaults(course: Course, seed: number, stride: number): Generator<Case> {
  const random = seeded(seed);
  for (const place of placesOf(course)) {
    const caseSeed = random.below(2 ** 31);
    if (random.below(stride) === 0) yield { ...course, places: [place], seed: caseSeed };
  }
}

function* placesOf({ protocol, steps, operations }: Course): Generator<Place> {
  for (const [at, { kind }] of steps.entries())
    for (const variant of LINK_VARIANTS[protocol.bus]) if (variant.on === kind) yield { variant, at };
  for (let operation = 0; operation < operations; operation++)
    for (const variant of CHIP_VARIANTS) yield { variant, operation };
}

/** How far behind the first fault the second one mostly comes: into what the host does about the first. */
const NEAR_STEPS = 40;

export function doubleFault(course: Course, random: Random): Case {
  const first = somePlace(course, random, random.below(course.steps.length));
  const from = "at" in first ? first.at + 1 : random.below(course.steps.length);
  const at = random.chance(0.6) ? from + random.below(NEAR_STEPS) : random.below(course.steps.length);
  const second = somePlace(course, random, at);
  return { ...course, places: [first, second], seed: random.below(2 ** 31) };
}

function somePlace({ protocol, operations }: Course, random: Random, at: number): Place {
  if (operations > 0 && random.chance(0.15))
    return { variant: random.pick(CHIP_VARIANTS), operation: random.below(operations + 2) };
  return { variant: random.pick(LINK_VARIANTS[protocol.bus]), at };
}

/** Sums of a row of the table. */
export class Tally {
  runs = 0;
  done = 0;
  failed = 0;
  neededReset = 0;
  falseSuccesses = 0;
  halfBoots = 0;
  wrongFailures = 0;
  harmed = 0;
  againFailed = 0;

  add({ met, resolved, falseSuccess, halfBoot, wrongFailure, harm, again, neededReset }: Verdict): void {
    if (!met) return;
    this.runs++;
    if (resolved) this.done++;
    else this.failed++;
    if (neededReset) this.neededReset++;
    if (falseSuccess !== undefined) this.falseSuccesses++;
    if (halfBoot !== undefined) this.halfBoots++;
    if (wrongFailure !== undefined) this.wrongFailures++;
    if (harm !== undefined) this.harmed++;
    if (again !== undefined) this.againFailed++;
  }

  sum(other: Tally): void {
    this.runs += other.runs;
    this.done += other.done;
    this.failed += other.failed;
    this.neededReset += other.neededReset;
    this.falseSuccesses += other.falseSuccesses;
    this.halfBoots += other.halfBoots;
    this.wrongFailures += other.wrongFailures;
    this.harmed += other.harmed;
    this.againFailed += other.againFailed;
  }

  get broken(): number {
    return this.falseSuccesses + this.halfBoots + this.wrongFailures + this.harmed + this.againFailed;
  }
}

export const runOne = (fault: Case): Promise<Verdict> => runCase(fault);
