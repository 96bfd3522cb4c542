/** Tells people, on stderr: a line per phase that stays, errors in full, and one last line that says what is true. */
import type { BootlaceError } from "../errors.js";
import type { FlashEvent } from "../flash/events.js";
import type { ChipInfo } from "../flash/job.js";
import { failureText } from "./failure.js";
import { planText } from "./plan-text.js";
import { clip, label, LABEL_WIDTH, percentOf, phaseLine, plainLine } from "./phase-line.js";
import { PhaseTracker } from "./phase-tracker.js";
import { Progress } from "./progress.js";
import type { Reporter } from "./reporter.js";
import type { Screen } from "./screen.js";
import { bytesText, wrap } from "./text.js";
import type { Verdict } from "./verdict.js";

/** A log gets a line at every 10 %, though not more often than every half second, and one after 5 s of silence. */
const PLAIN_STEP_PERCENT = 10;
const PLAIN_LEAST_MS = 500;
const PLAIN_MOST_MS = 5000;

/** Where known limits of the chip's bootloader may be felt. Elsewhere they are worked around, and `info` tells them. */
const LIMITS_MATTER: ReadonlySet<string> = new Set(["run", "reset", "protect", "unprotect"]);

export interface PeopleOptions {
  readonly verb: string;
  /** Silent until something fails. */
  readonly quiet: boolean;
  /** Name of the target in front of every line, when there are several. */
  readonly target?: string | undefined;
}

export class PeopleReporter implements Reporter {
  readonly #screen: Screen;
  readonly #options: PeopleOptions;
  readonly #tracker: PhaseTracker;
  readonly #progress = new Progress();
  #plainPercent = 0;
  #plainAtMs = 0;

  constructor(screen: Screen, options: PeopleOptions) {
    this.#screen = screen;
    this.#options = options;
    this.#tracker = new PhaseTracker(screen.now);
  }

  connected(chip: ChipInfo): void {
    this.#progress.connected(this.#options.verb);
    this.#say("Chip", chipText(chip));
    this.#say("Port", chip.port);
    for (const note of LIMITS_MATTER.has(this.#options.verb) ? chip.notes : chip.doubts)
      this.#say("Note", note);
  }

  event(event: FlashEvent): void {
    this.#progress.take(event);
    this.#tracker.take(event);
    if (event.type === "planned") this.#say("Plan", planText(event.plan));
    else if (event.type === "note") this.#say("Note", event.text, event.doubt);
    else if (event.type === "retry") this.#say("Retry", retryText(event));
    else if (!this.#options.quiet) this.#phase(event.type);
  }

  trace(line: string): void {
    this.#screen.print(this.#screen.style.dim(`${this.#prefix}${line}`));
  }

  ended(verdict: Verdict): void {
    if (verdict.failure !== undefined) {
      this.failed(verdict.failure);
      return;
    }
    this.#screen.settle(this.#key);
    if (this.#options.quiet) return;
    const { style } = this.#screen;
    // Not wrapped: a program behind a terminal relies on what the last line begins with.
    this.#screen.print(`${style.green(style.bold("OK"))}  ${this.#prefix}${verdict.text}`);
  }

  failed(error: BootlaceError): void {
    const { style } = this.#screen;
    this.#screen.settle(this.#key);
    this.#screen.print(failureText(error, style, this.#prefix));
    const failed = style.red(style.bold("FAILED"));
    const where = `at ${this.#progress.doing}: ${error.code}, exit status ${error.exitStatus}`;
    this.#screen.print(`${failed}  ${this.#prefix}${where}`);
  }

  get #key(): string {
    return this.#options.target ?? "";
  }

  get #prefix(): string {
    return this.#options.target === undefined ? "" : `${this.#options.target}: `;
  }

  /** A line that stays. Several targets share a terminal: there only what a person must see; a log has it all, but for the port in each line. */
  #say(name: string, text: string, evenQuiet = false): void {
    const { style } = this.#screen;
    const several = this.#options.target !== undefined;
    if (this.#options.quiet && !evenQuiet) return;
    if (several && (name === "Port" || (style.live && (name === "Chip" || name === "Plan")))) return;
    const line = this.#prefix + label(name) + text;
    const fitted = style.live ? wrap(line, style.columns - 1, LABEL_WIDTH) : line;
    this.#screen.print(fitted.replace(label(name), style.bold(label(name))));
  }

  #phase(type: "start" | "progress" | "end"): void {
    const state = this.#tracker.state;
    if (state === undefined) return;
    if (state.ended && state.total === 0 && state.detail === undefined) {
      this.#screen.settle(this.#key); // a phase that has nothing to tell
      return;
    }
    const { style } = this.#screen;
    if (!style.live) this.#plain(type);
    else if (type === "progress") this.#screen.redraw();
    else if (type === "start") this.#screen.live(this.#key, () => this.#livePicture());
    else if (this.#options.target === undefined) this.#screen.settle(this.#key, phaseLine(state, style));
  }

  #livePicture(): string {
    const { style } = this.#screen;
    const state = this.#tracker.state;
    return state === undefined
      ? clip(this.#prefix, style.columns - 1)
      : phaseLine(state, style, this.#prefix);
  }

  #plain(type: "start" | "progress" | "end"): void {
    const state = this.#tracker.state!;
    const now = this.#screen.now();
    const percent = percentOf(state);
    if (type === "start") {
      this.#plainPercent = 0;
      this.#plainAtMs = now;
      return;
    }
    if (type === "progress" && state.done >= state.total) return; // the end says it
    const silenceMs = now - this.#plainAtMs;
    const stepped = percent >= this.#plainPercent + PLAIN_STEP_PERCENT && silenceMs >= PLAIN_LEAST_MS;
    if (type === "progress" && !stepped && silenceMs < PLAIN_MOST_MS) return;
    this.#plainPercent = percent - (percent % PLAIN_STEP_PERCENT);
    this.#plainAtMs = now;
    this.#screen.print(plainLine(state, this.#prefix));
  }
}

export function chipText(chip: ChipInfo): string {
  const version = chip.bootloaderVersion === undefined ? "" : ` ${chip.bootloaderVersion}`;
  const { size } = chip.geometry;
  const flash = size === 0 ? "flash size not known" : `${bytesText(size)} flash`;
  return `${chip.name}, ${flash}, bootloader${version} (protocol ${chip.protocol})`;
}

function retryText(event: FlashEvent & { type: "retry" }): string {
  const where =
    event.address === undefined ? "" : ` at 0x${event.address.toString(16).padStart(8, "0").toUpperCase()}`;
  return `${event.phase}${where}, try ${event.attempt}: ${event.reason}`;
}
