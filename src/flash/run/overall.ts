/** One number for a whole job, made of the events of its phases. */
import { monotonicMs } from "../../monotonic.js";
import type { FlashEvent, Phase, PlanSummary, Progress } from "../events.js";

/** How long a phase mostly takes beside the others: a write of all pages at 400 kHz, whose checksums are the ROM's. */
const WEIGHTS: Readonly<Record<Phase, number>> = {
  compare: 10,
  preserve: 5,
  erase: 15,
  write: 60,
  verify: 15,
  read: 100,
  protect: 100,
  leave: 1,
};

/** The rest of the way, when nothing more can be said. 1 is said by the end of the job alone. */
const NEARLY = 0.99;
/** Before that a guess would jump about. */
const GUESS_AFTER_MS = 1000;
const GUESS_FROM = 0.03;

/**
 * Each phase gets its share of what is left, by its weight beside those that are still expected. So the number never goes back, whatever
 * the plan leaves out or does twice.
 */
export class Overall {
  readonly #tell: (progress: Progress) => void;
  readonly #startedMs = monotonicMs();
  #plan: PlanSummary | undefined;
  #phase: { readonly name: Phase; readonly unit: "bytes" | "pages"; readonly from: number; readonly to: number } | undefined; // prettier-ignore
  #fraction = 0;

  constructor(tell: (progress: Progress) => void) {
    this.#tell = tell;
  }

  take(event: FlashEvent): void {
    if (event.type === "planned") this.#plan = event.plan;
    else if (event.type === "start") {
      const from = this.#fraction;
      this.#phase = {
        name: event.phase,
        unit: event.unit,
        from,
        to: from + (1 - from) * this.#share(event.phase),
      };
      this.#reached(0, event.total);
    } else if (event.type === "progress") this.#reached(event.done, event.total);
    else if (event.type === "end") this.#reached(event.done, event.done);
  }

  /** The job is done, and what was asked for is true. */
  finish(): void {
    this.#fraction = 1;
    this.#tell({ fraction: 1, leftMs: 0 });
  }

  #reached(done: number, total: number): void {
    if (!this.#phase) return;
    const { name: phase, unit, from, to } = this.#phase;
    const within = total === 0 ? 0 : Math.min(1, done / total);
    this.#fraction = Math.max(this.#fraction, Math.min(NEARLY, from + (to - from) * within));
    this.#tell({ fraction: this.#fraction, leftMs: this.#leftMs(), phase, unit, done, total });
  }

  #leftMs(): number | undefined {
    const elapsedMs = monotonicMs() - this.#startedMs;
    if (elapsedMs < GUESS_AFTER_MS || this.#fraction < GUESS_FROM) return undefined;
    return Math.ceil((elapsedMs * (1 - this.#fraction)) / this.#fraction);
  }

  #share(phase: Phase): number {
    const own = WEIGHTS[phase];
    const later = this.#expectedAfter(phase).reduce((sum, name) => sum + WEIGHTS[name], 0);
    return own / (own + later);
  }

  /** Before there is a plan, all that a write may need; an erase is proven by a look at the flash. */
  #expectedAfter(phase: Phase): readonly Phase[] {
    const { erasePages = 1, writeBytes = 1 } = this.#plan ?? {};
    const erase: readonly Phase[] = erasePages > 0 ? ["erase"] : [];
    const write: readonly Phase[] = writeBytes > 0 ? ["write", "verify"] : [];
    if (phase === "compare" || phase === "preserve") return [...erase, ...write];
    if (phase === "erase") return this.#plan ? write : ["verify"];
    return phase === "write" ? ["verify"] : [];
  }
}
