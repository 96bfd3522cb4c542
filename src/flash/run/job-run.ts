/** One job at work: its events, its count of retries, the points where it may be stopped, and what it has done to the chip. */
import { BootlaceError, stopError } from "../../errors.js";
import { inOurWords } from "../../protocol/failure.js";
import { READOUT_PROTECT, READOUT_UNPROTECT, WRITE_UNPROTECT } from "../../protocol/commands.js";
import type { CheckedBy, EventSink, FlashEvent, Phase } from "../events.js";
import type { JobOptions } from "../job.js";
import type { Session } from "../chip/session.js";
import { Overall } from "./overall.js";
import { monotonicMs } from "../../monotonic.js";

/** What an interrupted job leaves behind, said in every error from here on. */
export type ChipState =
  | "untouched"
  | "asking"
  | "putting back"
  | "erasing"
  | "begun"
  | "unbootable"
  | "finishing"
  | "plain"
  | "complete"
  | "options"
  | "protecting"
  | "lifting";

const STATE_TEXT: Readonly<Record<ChipState, string>> = {
  untouched: "the flash was not changed",
  asking: "nothing was erased, but for one page of bank 2 where the chip was asked for its page numbers",
  "putting back":
    "a page number of bank 2 erased the page at the same place in bank 1, and what that held is not wholly put back",
  erasing: "an erase was begun, and not all of it was seen to be blank",
  begun: "an erase that includes the first page of the image was begun, and its end was not seen",
  unbootable:
    "the first page of the image is not complete, so the chip does not start a half-written program",
  finishing:
    "everything but the first words of the image is written and verified; whether these are stored was not seen",
  plain: "the write was begun, and not all of it was seen to be stored",
  complete: "the image is written and verified",
  options: "the flash was not changed; whether the option bytes were changed was not seen",
  protecting: "the flash was not changed; whether the protection was changed was not seen",
  lifting: "the chip was told to lift its protection, which erases the flash; what came of it was not seen",
};

/** After this nobody knows where the chip is: it did not answer, or nothing could be asked. */
const isNotHeard = ({ side, code }: BootlaceError): boolean =>
  side === "way" || side === "host" || code === "RESET_FAILED";

const PROGRESS_INTERVAL_MS = 50;

/** What failed, where, and for which time in a row. */
export type Retry = Omit<FlashEvent & { readonly type: "retry" }, "type">;

export class JobRun {
  #retries = 0;
  state: ChipState = "untouched";
  /** What the first erase that is sent makes of `state`. */
  eraseState: ChipState = "erasing";
  /** Go was sent, or the reset lines were moved. */
  left = false;
  /** The adapter did not wait for the end of an erase: the next commands are given less to do. */
  adapterGivesUp = false;
  /** After that, how long the chip must not be asked: learned from erases that came to nothing. */
  quietMs = 0;
  /** How the flash was held against what it shall hold, the last time that all of it was. */
  checkedBy: CheckedBy | undefined;
  readonly startedAt = monotonicMs();
  readonly #signal: AbortSignal | undefined;
  readonly #emit: EventSink;
  readonly #overall: Overall | undefined;
  #lastProgressAt = 0;

  constructor(
    readonly session: Session,
    { onEvent, onProgress, signal }: JobOptions,
  ) {
    this.#signal = signal;
    const overall = onProgress && new Overall(onProgress);
    this.#overall = overall;
    this.#emit = (event) => {
      onEvent?.(event);
      overall?.take(event);
    };
  }

  /** How often something was done once more, over the whole job. */
  get retries(): number {
    return this.#retries;
  }

  get elapsedMs(): number {
    return monotonicMs() - this.startedAt;
  }

  /**
   * Runs a command that changes the flash, or its protection, of a chip that nothing was done to yet. One that ended before the chip
   * took its opcode changed nothing.
   */
  async changing<T>(to: ChipState, command: () => Promise<T>): Promise<T> {
    const before = this.state;
    if (before === "untouched" || before === "asking") this.state = to;
    try {
      return await command();
    } catch (error) {
      if (wasNotTaken(error)) this.state = before;
      throw error;
    }
  }

  /** Runs what makes the chip leave its bootloader. */
  async leaving<T>(command: () => Promise<T>): Promise<T> {
    this.left = true;
    try {
      return await command();
    } catch (error) {
      if (wasNotTaken(error)) this.left = false;
      throw error;
    }
  }

  /** Between two commands: the only places where a job stops. @throws BootlaceError INTERRUPTED, or the signal's own BootlaceError */
  checkpoint(): void {
    if (this.#signal?.aborted) throw stopError(this.#signal.reason);
  }

  emit(event: FlashEvent): void {
    this.#emit(event);
  }

  note(text: string): void {
    this.#emit({ type: "note", text });
  }

  /** What the image's reader took although it is unusual, or left out. */
  remark(remarks: readonly string[]): void {
    for (const remark of remarks) this.note(remark);
  }

  /** Something is about to be done once more: the only place where that is counted, and told. */
  retried(retry: Retry): void {
    this.#retries++;
    this.#emit({ type: "retry", ...retry });
  }

  /** Runs a part of the job between its `start` and `end`. `work` tells how far it is; a string that it returns is the end's detail. */
  async phase(
    phase: Phase,
    { total, unit = "bytes" }: { total: number; unit?: "bytes" | "pages" },
    work: (progress: (done: number) => void) => Promise<unknown>,
  ): Promise<void> {
    const startedAt = monotonicMs();
    this.#emit({ type: "start", phase, total, unit });
    const detail = await work((done) => this.#progress(phase, done, total));
    const elapsedMs = monotonicMs() - startedAt;
    this.#emit({
      type: "end",
      phase,
      done: total,
      elapsedMs,
      detail: typeof detail === "string" ? detail : undefined,
    });
  }

  #progress(phase: Phase, done: number, total: number): void {
    const now = monotonicMs();
    if (now - this.#lastProgressAt < PROGRESS_INTERVAL_MS) return;
    this.#lastProgressAt = now;
    this.#emit({ type: "progress", phase, done, total });
  }

  /** Runs the whole job: an error that leaves it says in which state the chip is. */
  async conclude<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#overall?.finish();
      return result;
    } catch (thrown) {
      const error = inOurWords(thrown);
      if (!(error instanceof BootlaceError) || error.context.chipState !== undefined) throw error;
      throw error.with({ chipState: `${STATE_TEXT[this.state]}; ${this.#whereText(error)}` });
    }
  }

  #whereText(error: BootlaceError): string {
    if (this.left) return "whether the chip left its bootloader was not seen";
    return isNotHeard(error)
      ? "whether the chip is still in its bootloader is not known"
      : "the chip is still in its bootloader";
  }
}

/** Commands that are an opcode and nothing else: where its status was lost, the chip may have taken it. */
const OPCODE_ALONE: ReadonlySet<string> = new Set(
  [WRITE_UNPROTECT, READOUT_PROTECT, READOUT_UNPROTECT].map(({ name }) => name),
);

function wasNotTaken(error: unknown): boolean {
  if (!(error instanceof BootlaceError)) return false;
  const { code, context } = error;
  if (code === "NOT_OFFERED") return true;
  const refused = code === "REFUSED" || code === "PROTECTED";
  return context.stage === "command" && (refused || !OPCODE_ALONE.has(context.command ?? ""));
}
