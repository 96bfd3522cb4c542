/**
 * Which pages differ, by a checksummer that is asked once: a few samples by reading first, as they cost less than a run of a program,
 * and then every page in pieces of about 2 KiB.
 */
import type { CheckedBy } from "../events.js";
import type { Segment } from "../../image/image.js";
import { stm32Crc, stm32CrcOfFill } from "../../protocol/crc.js";
import type { JobRun } from "../run/job-run.js";
import type { PageContent } from "./contents.js";
import { ByReading } from "./by-reading.js";
import type { Checksummer } from "./checksummer.js";
import { SAMPLES, type Holding } from "./comparison.js";
import { grainBytes, grainsOf, type Grains } from "./grains.js";
import { readSpan } from "./read.js";
import { spanOf } from "./span.js";
import { isFilledWith, sameBytes } from "../../bytes.js";

export class AllTogether extends ByReading {
  #by: CheckedBy = "read back";

  constructor(
    run: JobRun,
    private readonly checksummer: Checksummer,
  ) {
    super(run);
  }

  override get by(): CheckedBy {
    return this.#by;
  }

  override async compareAll(contents: readonly PageContent[]): Promise<void> {
    const hopeless = contents.length > SAMPLES * 2 && (await this.allDiffer(contents));
    if (hopeless) this.settle(contents, "other");
    else if (!(await this.#askAll(contents))) await super.compareAll(contents);
  }

  /** @returns false when the checksummer has no answer */
  async #askAll(contents: readonly PageContent[]): Promise<boolean> {
    const parts = contents.flatMap((content) => content.parts);
    const bytes = parts.reduce((sum, part) => sum + part.bytes.length, 0);
    const grain = grainBytes(bytes, parts.length, this.checksummer.mostSpans);
    const cut = new Map(parts.map((part) => [part, grainsOf(part, grain)]));
    const spans = [...cut.values()].flatMap(({ grains }) => grains.map(spanOf));
    const crcs = await this.checksummer.crcs("compare", spans);
    if (!crcs) return false;
    this.#by = this.checksummer.by;
    const crcAt = new Map(spans.map(({ address }, i) => [address, crcs[i]!]));
    for (const content of contents) {
      const pieces = content.parts.map((part) => cut.get(part)!);
      this.settle([content], await this.#judge(pieces, (address) => crcAt.get(address)!));
    }
    return true;
  }

  async #judge(pieces: readonly Grains[], crcAt: (address: number) => number): Promise<Holding> {
    const { erasedValue } = this.run.session.geometry;
    const answers = new Set<Holding>();
    for (const { address, bytes } of pieces.flatMap(({ grains }) => grains)) {
      const blank = stm32CrcOfFill(erasedValue, bytes.length);
      answers.add(judged(crcAt(address), stm32Crc(bytes), blank));
    }
    for (const edge of pieces.flatMap(({ edges }) => edges)) answers.add(await this.#judgeEdge(edge));
    return answers.size === 1 ? [...answers][0]! : "other";
  }

  async #judgeEdge(edge: Segment): Promise<Holding> {
    const held = await readSpan(this.run, "compare", spanOf(edge));
    if (sameBytes(held, edge.bytes)) return "same";
    return isFilledWith(this.run.session.geometry.erasedValue, held) ? "blank" : "other";
  }
}

/** What is blank and shall be blank is the same. */
const judged = (held: number, wanted: number, blank: number): Holding =>
  held === wanted ? "same" : held === blank ? "blank" : "other";
