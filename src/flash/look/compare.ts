/**
 * Finds out which pages differ from what they shall hold: by the ROM's checksum, one command for a run of pages and then by
 * halves, else by reading. A chip that faults when it is read counts as different everywhere: it is erased and written.
 */
import { sameBytes } from "../../bytes.js";
import { stm32CrcOfFill } from "../../protocol/crc.js";
import type { Segment } from "../../image/image.js";
import type { PageContent } from "../write/contents.js";
import { crcsOf } from "./crc.js";
import type { JobRun } from "../run/job-run.js";
import { readSpan } from "./read.js";
import { isReadFault } from "./salvage.js";
import { joined, runsOf, spanOf } from "./span.js";

/** "blank": all parts of the page that the image defines are erased, and shall not be. */
export type Holding = "same" | "blank" | "other";

export type Holdings = ReadonlyMap<PageContent, Holding>;

export async function compare(run: JobRun, contents: readonly PageContent[]): Promise<Holdings> {
  const comparison = run.session.loader.canChecksum ? new ByChecksum(run) : new ByReading(run);
  const total = contents.reduce((sum, { page }) => sum + page.size, 0);
  await run.phase("compare", { total }, async (progress) => {
    comparison.onProgress = progress;
    for (const stretch of stretches(contents)) await comparison.compare(stretch);
  });
  return comparison.holdings;
}

/** Runs of pages that the image defines without a gap: each can be asked about with one checksum. */
const stretches = (contents: readonly PageContent[]): PageContent[][] =>
  runsOf(contents, ({ parts }) => (parts.length === 1 ? spanOf(parts[0]!) : undefined));

abstract class Comparison {
  readonly holdings = new Map<PageContent, Holding>();
  onProgress: (done: number) => void = () => undefined;
  #done = 0;

  constructor(protected readonly run: JobRun) {}

  abstract compare(stretch: readonly PageContent[]): Promise<void>;

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

/** Pages asked about before a stretch is halved: when all of these differ, so does about everything, and asking costs more than it saves. */
const SAMPLES = 3;

class ByChecksum extends Comparison {
  async compare(stretch: readonly PageContent[]): Promise<void> {
    const holding = await this.#ask(stretch);
    const hopeless = holding === "other" && stretch.length > SAMPLES * 2 && (await this.#allDiffer(stretch));
    if (holding !== "other" || hopeless) this.settle(stretch, holding);
    else await this.#halve(stretch);
  }

  /** `stretch` is known to differ. */
  async #halve(stretch: readonly PageContent[]): Promise<void> {
    if (stretch.length === 1) {
      this.settle(stretch, "other");
      return;
    }
    const middle = stretch.length >> 1;
    const [left, right] = [stretch.slice(0, middle), stretch.slice(middle)];
    const holding = await this.#ask(left);
    if (holding === "other") await this.#halve(left);
    else this.settle(left, holding);
    // When the left half is the same, the difference is in the right one: no need to ask.
    const answer = holding === "same" && right.length > 1 ? "other" : await this.#ask(right);
    if (answer === "other") await this.#halve(right);
    else this.settle(right, answer);
  }

  async #allDiffer(stretch: readonly PageContent[]): Promise<boolean> {
    for (let i = 0; i < SAMPLES; i++) {
      const content = stretch[Math.floor(((2 * i + 1) * stretch.length) / (2 * SAMPLES))]!;
      if ((await this.#ask([content])) !== "other") return false;
    }
    return true;
  }

  #ask(stretch: readonly PageContent[]): Promise<Holding> {
    return this.orOther(stretch, () => this.#askParts(stretch));
  }

  async #askParts(stretch: readonly PageContent[]): Promise<Holding> {
    const parts = stretch.length === 1 ? stretch[0]!.parts : [joinParts(stretch)];
    const answers = new Set<Holding>();
    for (const { address, bytes } of parts) {
      const span = await this.#wordSpan(address, bytes);
      answers.add(await this.#askSpan(span.address, span.bytes));
      if (answers.size > 1) return "other";
    }
    return [...answers][0]!;
  }

  async #askSpan(address: number, bytes: Uint8Array): Promise<Holding> {
    const { held, wanted } = await crcsOf(this.run, "compare", { address, bytes });
    if (held === wanted) return "same";
    const blank = stm32CrcOfFill(this.run.session.geometry.erasedValue, bytes.length);
    return held === blank ? "blank" : "other";
  }

  /** The CRC unit takes whole words: what the first and the last word hold beside the image is read from the chip. */
  async #wordSpan(address: number, bytes: Uint8Array): Promise<{ address: number; bytes: Uint8Array }> {
    const start = address & ~3;
    const from = start >>> 0;
    const to = ((address + bytes.length + 3) & ~3) >>> 0;
    if (from === address && to === address + bytes.length) return { address, bytes };
    const padded = new Uint8Array(to - from);
    if (from !== address) padded.set(await readSpan(this.run, "compare", { address: from, length: 4 }), 0);
    if (to !== address + bytes.length)
      padded.set(await readSpan(this.run, "compare", { address: to - 4, length: 4 }), to - 4 - from);
    padded.set(bytes, address - from);
    return { address: from, bytes: padded };
  }
}

const joinParts = (stretch: readonly PageContent[]): Segment =>
  joined(stretch.map(({ parts }) => parts[0]!))[0]!;

/** Of a page, before all of it is read: a page that differs mostly differs here. */
const PROBE_BYTES = 64;
const PIECE_BYTES = 1024;

/** Whether a page that differs is blank is not asked: reading all of it takes longer than erasing it. */
class ByReading extends Comparison {
  async compare(stretch: readonly PageContent[]): Promise<void> {
    const hopeless = stretch.length > SAMPLES * 2 && (await this.#allDiffer(stretch));
    if (hopeless) this.settle(stretch, "other");
    else for (const content of stretch) this.settle([content], await this.#ask(content));
  }

  async #allDiffer(stretch: readonly PageContent[]): Promise<boolean> {
    for (let i = 0; i < SAMPLES; i++) {
      const content = stretch[Math.floor(((2 * i + 1) * stretch.length) / (2 * SAMPLES))]!;
      const { address, bytes } = content.parts[0]!;
      if ((await this.#look(content, address, bytes.subarray(0, PROBE_BYTES))) === "same") return false;
    }
    return true;
  }

  async #ask(content: PageContent): Promise<Holding> {
    for (const { address, bytes } of content.parts)
      for (let done = 0; done < bytes.length;) {
        const piece = bytes.subarray(done, done + (done === 0 ? PROBE_BYTES : PIECE_BYTES));
        if ((await this.#look(content, address + done, piece)) === "other") return "other";
        done += piece.length;
      }
    return "same";
  }

  #look(content: PageContent, address: number, wanted: Uint8Array): Promise<Holding> {
    return this.orOther([content], async () => {
      const held = await readSpan(this.run, "compare", { address, length: wanted.length });
      return sameBytes(held, wanted) ? "same" : "other";
    });
  }
}
