/** What every way of finding out which pages differ has in common. */
import type { CheckedBy } from "../events.js";
import type { PageContent } from "./contents.js";
import type { JobRun } from "../run/job-run.js";
import { isReadFault } from "./read-damaged.js";
import { runsOf, spanOf } from "./span.js";

/** "blank": all parts of the page that the image defines are erased, and shall not be. */
export type Holding = "same" | "blank" | "other";

export type Holdings = ReadonlyMap<PageContent, Holding>;

/** Pages asked about before a stretch is halved: when all of these differ, so does about everything, and asking costs more than it saves. */
export const SAMPLES = 3;

/** From the middle of as many equal parts of `contents`. */
export const samplesOf = (contents: readonly PageContent[]): PageContent[] =>
  Array.from(
    { length: SAMPLES },
    (_, i) => contents[Math.floor(((2 * i + 1) * contents.length) / (2 * SAMPLES))]!,
  );

/** Runs of pages that the image defines without a gap: each can be asked about with one checksum. */
const stretches = (contents: readonly PageContent[]): PageContent[][] =>
  runsOf(contents, ({ parts }) => (parts.length === 1 ? spanOf(parts[0]!) : undefined));

export abstract class Comparison {
  readonly holdings = new Map<PageContent, Holding>();
  onProgress: (done: number) => void = () => undefined;
  #done = 0;

  constructor(protected readonly run: JobRun) {}

  /** How it was found out in the end. */
  abstract get by(): CheckedBy;
  protected abstract compare(stretch: readonly PageContent[]): Promise<void>;

  async compareAll(contents: readonly PageContent[]): Promise<void> {
    for (const stretch of stretches(contents)) await this.compare(stretch);
  }

  protected settle(contents: readonly PageContent[], holding: Holding): void {
    for (const content of contents) {
      this.holdings.set(content, holding);
      this.#done += content.page.size;
    }
    this.onProgress(this.#done);
  }

  /** A fault of the chip while it is read: interrupted writes leave that on parts with ECC. */
  protected async orOther(content: readonly PageContent[], ask: () => Promise<Holding>): Promise<Holding> {
    try {
      return await ask();
    } catch (error) {
      if (!isReadFault(this.run, error)) throw error;
      this.run.note(`${content.length} pages cannot be read; they are erased and written`);
      await this.run.session.loader.resynchronise();
      return "other";
    }
  }
}
