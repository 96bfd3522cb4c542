/** Comparing by one question about everything: what is asked, and what the answers make of each page. */
import { afterEach, describe, expect, it } from "vitest";
import { MemoryImage } from "../../../../src/image/image.js";
import { AllTogether } from "../../../../src/flash/look/all-together.js";
import type { Checksummer } from "../../../../src/flash/look/checksummer.js";
import { contentsOf } from "../../../../src/flash/look/contents.js";
import type { Span } from "../../../../src/flash/look/span.js";
import { stm32Crc } from "../../../../src/protocol/crc.js";
import { firmware, noise, type SimTarget } from "../../../support/sim-target.js";
import { BY_READING, FLASH, jobOnSim, spoilt } from "../job-on-sim.js";

const PAGE = 2048;

let sim: SimTarget | undefined;
afterEach(() => sim?.target.close());

/** Tells the truth about the chip, and keeps what it was asked. */
class Truthful implements Checksummer {
  readonly by = "checksum program";
  readonly together = true;
  readonly questions: (readonly Span[])[] = [];

  constructor(
    private readonly chip: SimTarget["chip"],
    readonly mostSpans = 1000,
    private readonly answers = true,
  ) {}

  worth(): boolean {
    return true;
  }

  crcs(_phase: string, spans: readonly Span[]): Promise<readonly number[] | undefined> {
    this.questions.push(spans);
    const crcs = spans.map(({ address, length }) => stm32Crc(this.chip.peek(address, length)));
    return Promise.resolve(this.answers ? crcs : undefined);
  }
}

async function compared(
  image: MemoryImage,
  held: Uint8Array,
  { most = 1000, answers = true }: { readonly most?: number; readonly answers?: boolean } = {},
) {
  const job = await jobOnSim(BY_READING, held);
  ({ sim } = job);
  const checksummer = new Truthful(job.sim.chip, most, answers);
  const comparison = new AllTogether(job.run, checksummer);
  const reads = job.sim.chip.counters.frames;
  await comparison.compareAll(contentsOf(image, job.run.session.geometry));
  const { by, holdings } = comparison;
  return {
    by,
    holdings: [...holdings.values()],
    questions: checksummer.questions,
    frames: job.sim.chip.counters.frames - reads,
  };
}

describe("comparing all together", () => {
  const image = firmware(FLASH, 5 * PAGE);
  const [{ bytes } = { bytes: new Uint8Array() }] = image.segments;

  it("asks once, about every page, and reads nothing", async () => {
    const { by, holdings, questions, frames } = await compared(image, bytes);
    expect([by, holdings]).toEqual(["checksum program", Array<string>(5).fill("same")]);
    expect(questions.map((spans) => spans.map(({ address }) => address - FLASH))).toEqual([
      [0, PAGE, 2 * PAGE, 3 * PAGE, 4 * PAGE],
    ]);
    expect(frames).toBe(0);
  });

  it.each([0, 2, 4])("finds the one page that differs: %d", async (page) => {
    const { holdings } = await compared(image, spoilt(bytes, page * PAGE + 7));
    expect(holdings).toEqual([0, 1, 2, 3, 4].map((index) => (index === page ? "other" : "same")));
  });

  it("tells pages that are blank", async () => {
    const { holdings } = await compared(image, bytes.subarray(0, 2 * PAGE));
    expect(holdings).toEqual(["same", "same", "blank", "blank", "blank"]);
  });

  it("asks about larger pieces where the results have room for a few only", async () => {
    const { questions, holdings } = await compared(image, spoilt(bytes, 4 * PAGE), { most: 6 });
    expect(questions[0]!.length).toBeLessThanOrEqual(6);
    expect(holdings.at(-1)).toBe("other");
  });

  it("reads what is less than a word at the ends of the image", async () => {
    const odd = new MemoryImage([{ address: FLASH + 1, bytes: noise(102, 4) }]);
    const held = new Uint8Array(1 + 102).fill(0xff);
    held.set(odd.segments[0]!.bytes, 1);
    const same = await compared(odd, held);
    expect(same.holdings).toEqual(["same"]);
    expect(same.questions[0]).toEqual([{ address: FLASH + 4, length: 96 }]);
    expect((await compared(odd, spoilt(held, 1))).holdings).toEqual(["other"]);
    expect((await compared(odd, spoilt(held, 102))).holdings).toEqual(["other"]);
  });

  it("asks nobody where a few samples differ: so does about everything", async () => {
    const large = firmware(FLASH, 8 * PAGE);
    const { holdings, questions, by } = await compared(large, noise(8 * PAGE, 77));
    expect(questions).toEqual([]);
    expect([by, new Set(holdings)]).toEqual(["read back", new Set(["other"])]);
  });

  it("reads where there is no answer", async () => {
    const { by, holdings } = await compared(image, spoilt(bytes, PAGE), { answers: false });
    expect([by, holdings]).toEqual(["read back", ["same", "other", "same", "same", "same"]]);
  });
});
