/** Tells programs, on stdout: one JSON document a line; the last one is of type "result" or "error". */
import type { BootlaceError } from "../errors.js";
import type { FlashEvent } from "../flash/events.js";
import type { ChipInfo } from "../flash/job.js";
import { chipJson, document, errorJson } from "./json.js";
import { Progress } from "./progress.js";
import type { Reporter } from "./reporter.js";
import type { Output } from "./style.js";
import type { Verdict } from "./verdict.js";

export interface JsonOptions {
  readonly verb: string;
  readonly target?: string | undefined;
  /** Only how it ended. */
  readonly quiet?: boolean | undefined;
}

/** Progress every 50 ms at most, like the bar: a program needs no more. */
const PROGRESS_MS = 50;

export class JsonReporter implements Reporter {
  readonly #output: Output;
  readonly #options: JsonOptions;
  readonly #now: () => number;
  readonly #progress = new Progress();
  #progressAtMs = -Infinity;

  constructor(output: Output, options: JsonOptions, now: () => number) {
    this.#output = output;
    this.#options = options;
    this.#now = now;
  }

  connected(chip: ChipInfo): void {
    this.#progress.connected(this.#options.verb);
    this.#line("connected", { chip: chipJson(chip) });
  }

  event(event: FlashEvent): void {
    this.#progress.take(event);
    if (event.type === "progress") {
      if (this.#now() - this.#progressAtMs < PROGRESS_MS) return;
      this.#progressAtMs = this.#now();
    }
    const { type, ...fields } = event;
    this.#line(type, fields);
  }

  trace(line: string): void {
    this.#line("trace", { line });
  }

  ended(verdict: Verdict): void {
    if (verdict.failure === undefined)
      this.#line("result", { ok: true, verb: this.#options.verb, ...verdict.result });
    else this.#error(verdict.failure, verdict.result);
  }

  failed(error: BootlaceError): void {
    this.#error(error, {});
  }

  #error(error: BootlaceError, result: object): void {
    this.#line("error", {
      ok: false,
      verb: this.#options.verb,
      at: this.#progress.doing,
      ...errorJson(error),
      ...result,
    });
  }

  #line(type: string, fields: object): void {
    const { target, quiet = false } = this.#options;
    if (quiet && type !== "result" && type !== "error" && type !== "trace") return;
    this.#output.write(document(type, target === undefined ? fields : { target, ...fields }));
  }
}
