/** Which pages differ, by the ROM's checksum: one command for a run of pages, then by halves; before a long run a few pages. */
import type { CheckedBy } from "../events.js";
import type { Segment } from "../../image/image.js";
import { stm32CrcOfFill } from "../../protocol/crc.js";
import type { JobRun } from "../run/job-run.js";
import type { PageContent } from "./contents.js";
import type { Checksummer } from "./checksummer.js";
import { Comparison, SAMPLES, samplesOf, type Holding } from "./comparison.js";
import { crcsOf } from "./crc.js";
import { readSpan } from "./read.js";
import { joined } from "./span.js";

/** Beyond this the chip computes so long that a few pages are asked about first: when they differ, the run need not be asked about. */
const SHORT_BYTES = 128 * 1024;

export class ByChecksum extends Comparison {
  constructor(
    run: JobRun,
    private readonly rom: Checksummer,
  ) {
    super(run);
  }

  get by(): CheckedBy {
    return this.rom.by;
  }

  protected async compare(stretch: readonly PageContent[]): Promise<void> {
    const isLong = stretch.reduce((sum, { page }) => sum + page.size, 0) > SHORT_BYTES;
    const isOther = isLong && (await this.#allDiffer(stretch));
    const holding = isOther ? "other" : await this.#ask(stretch);
    const isHopeless = isOther || (holding === "other" && !isLong && (await this.#allDiffer(stretch)));
    if (holding !== "other" || isHopeless) this.settle(stretch, holding);
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
    if (stretch.length <= SAMPLES * 2) return false;
    for (const content of samplesOf(stretch)) if ((await this.#ask([content])) !== "other") return false;
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
    const { held, wanted } = await crcsOf(this.rom, "compare", { address, bytes });
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
