import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutPages } from "../../../../src/flash/write/blocks.js";
import type { Holding } from "../../../../src/flash/look/comparison.js";
import { bytesOf, contentsOf } from "../../../../src/flash/look/contents.js";
import { joined } from "../../../../src/flash/look/span.js";
import { erases, makePlan, writes } from "../../../../src/flash/write/plan.js";
import { BASE, PAGE, toyFindings, toyGeometry, toyImage } from "../toy.js";

const actionsFor = (holdings: readonly Holding[], pages = 4): string[] => {
  const geometry = toyGeometry(pages);
  const image = toyImage([0, holdings.length * PAGE]);
  return makePlan(geometry, toyFindings(geometry, image, holdings)).pages.map(({ action }) => action);
};

describe("the plan", () => {
  it("keeps everything when everything is the same", () => {
    expect(actionsFor(["same", "same", "same"])).toEqual(["keep", "keep", "keep"]);
  });

  it("erases and writes the first page too when only a later one differs, so that no half-written program starts", () => {
    expect(actionsFor(["same", "same", "other"])).toEqual(["erase and write", "keep", "erase and write"]);
  });

  it("does not erase what is blank", () => {
    expect(actionsFor(["blank", "blank"])).toEqual(["write", "write"]);
  });

  it("erases a page whose rest outside the image is not blank, even if the image's part is", () => {
    const geometry = toyGeometry(4);
    const findings = toyFindings(geometry, toyImage([0, 8]), ["blank"], "kept");
    expect(makePlan(geometry, findings).pages[0]!.action).toBe("erase and write");
  });

  it("erases the chip at once only when every page of the flash is to be erased", () => {
    const geometry = toyGeometry(8);
    const all = makePlan(
      geometry,
      toyFindings(geometry, toyImage([0, 8 * PAGE]), Array<Holding>(8).fill("other")),
    );
    expect(all.massErase).toBe(true);
    const larger = toyGeometry(9);
    const part = makePlan(
      larger,
      toyFindings(larger, toyImage([0, 8 * PAGE]), Array<Holding>(8).fill("other")),
    );
    expect(part.massErase).toBe(false);
    const known = toyFindings(larger, toyImage([0, 8 * PAGE]), Array<Holding>(8).fill("other"));
    expect(makePlan(larger, known, { restOfFlashBlank: true }).massErase).toBe(true);
  });

  it("never erases a chip with sectors at once: that takes as long as its sectors do", () => {
    const geometry = toyGeometry(8, { unit: "sector" });
    const findings = toyFindings(geometry, toyImage([0, 8 * PAGE]), Array<Holding>(8).fill("other"));
    expect(makePlan(geometry, findings).massErase).toBe(false);
  });

  it("tells what partly covered pages cost", () => {
    const geometry = toyGeometry(4);
    const image = toyImage([0, PAGE + 4]);
    const { summary } = makePlan(geometry, toyFindings(geometry, image, ["other", "other"], "kept"));
    expect(summary).toMatchObject({ writeBytes: 2 * PAGE, preserveBytes: PAGE - 4, lostBytes: 0 });
    expect(summary.pages[1]).toMatchObject({ index: 1, partial: "rest is read and put back" });
    const lost = makePlan(geometry, toyFindings(geometry, image, ["other", "other"], "lost")).summary;
    expect(lost).toMatchObject({ preserveBytes: 0, lostBytes: PAGE - 4 });
  });

  it("ends with the image in flash and everything else as it was, whatever the flash held", () => {
    fc.assert(
      fc.property(flashAndImage(), ({ held, start, length }) => {
        const geometry = toyGeometry(held.length / PAGE);
        const image = toyImage([start, length]);
        const before = Uint8Array.from(held);
        const plan = makePlan(geometry, findingsOn(geometry, image, before));
        const after = perform(before, plan, geometry);
        const wanted = Uint8Array.from(before);
        wanted.set(image.segments[0]!.bytes, start);
        expect(after).toEqual(wanted);
      }),
    );
  });
});

const flashAndImage = () =>
  fc
    .integer({ min: 1, max: 8 })
    .chain((pages) =>
      fc.record({
        held: fc.array(fc.constantFrom(0xff, 0xff, 1, 2, 0x55), {
          minLength: pages * PAGE,
          maxLength: pages * PAGE,
        }),
        start: fc.integer({ min: 0, max: pages * PAGE - 1 }),
      }),
    )
    .chain(({ held, start }) =>
      fc.record({
        held: fc.constant(held),
        start: fc.constant(start),
        length: fc.integer({ min: 1, max: held.length - start }),
      }),
    );

/** An honest survey of a flash in an array. */
function findingsOn(
  geometry: ReturnType<typeof toyGeometry>,
  image: ReturnType<typeof toyImage>,
  held: Uint8Array,
) {
  const at = (address: number, length: number): Uint8Array =>
    held.subarray(address - BASE, address - BASE + length);
  const blank = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0xff);
  return contentsOf(image, geometry).map((content) => {
    const same = content.parts.every(
      ({ address, bytes }) => Buffer.compare(at(address, bytes.length), bytes) === 0,
    );
    const empty = content.parts.every(({ address, bytes }) => blank(at(address, bytes.length)));
    const kept = content.gaps
      .map(({ address, length }) => ({ address, bytes: at(address, length).slice() }))
      .filter(({ bytes }) => !blank(bytes));
    const rest = content.gaps.length === 0 ? "none" : kept.length > 0 ? "kept" : "blank";
    return { content, holding: same ? "same" : empty ? "blank" : "other", rest, kept } as const;
  });
}

/** NOR flash that takes a plan: programming what is not erased fails the test. */
function perform(
  before: Uint8Array,
  plan: ReturnType<typeof makePlan>,
  geometry: ReturnType<typeof toyGeometry>,
): Uint8Array {
  const flash = Uint8Array.from(before);
  if (plan.massErase) flash.fill(0xff);
  for (const { page, action } of plan.pages)
    if (erases(action)) flash.fill(0xff, page.address - BASE, page.address - BASE + page.size);
  const cut = { blockBytes: 4, erasedValue: geometry.erasedValue, imageStart: BASE, writeAlign: 4 };
  for (const { blocks, last } of cutPages(plan.pages, cut))
    for (const { address, bytes } of [...blocks, ...last]) {
      expect(
        flash.subarray(address - BASE, address - BASE + bytes.length).every((byte) => byte === 0xff),
      ).toBe(true);
      flash.set(bytes, address - BASE);
    }
  return flash;
}

describe("the blocks of a plan", () => {
  const geometry = toyGeometry(4);
  const cut = { blockBytes: 8, erasedValue: 0xff, imageStart: BASE, writeAlign: 4 };

  it("leave stack pointer and reset vector of the first page for the very end, in one granule", () => {
    const plan = makePlan(geometry, toyFindings(geometry, toyImage([0, 2 * PAGE]), ["other", "other"]));
    const cuts = (blockBytes: number, writeAlign: number): (readonly [number, number])[][] => {
      const [entry] = cutPages(plan.pages, { ...cut, blockBytes, writeAlign });
      return [entry!.blocks, entry!.last].map((list) =>
        list.map(({ address, bytes }) => [address - BASE, bytes.length]),
      );
    };
    expect(cuts(16, 4)).toEqual([[[8, 8]], [[0, 8]]]);
    expect(cuts(16, 16)).toEqual([[], [[0, 16]]]);
    expect(cuts(4, 4)).toEqual([[[8, 4], [12, 4]], [[0, 4], [4, 4]]]); // prettier-ignore
  });

  it("leave the first block of the first page for the very end", () => {
    const plan = makePlan(geometry, toyFindings(geometry, toyImage([0, 2 * PAGE]), ["other", "other"]));
    const [entry, second] = cutPages(plan.pages, cut);
    expect(entry!.last.map(({ address }) => address - BASE)).toEqual([0]);
    expect(entry!.blocks.map(({ address }) => address - BASE)).toEqual([8]);
    expect(second!.last).toEqual([]);
  });

  it("leave the block where the image begins for the end too, when it begins inside a page", () => {
    const image = toyImage([8, 8]);
    const plan = makePlan(geometry, toyFindings(geometry, image, ["other"], "kept"));
    const [entry] = cutPages(plan.pages, { ...cut, imageStart: BASE + 8 });
    expect(entry!.last.map(({ address }) => address - BASE)).toEqual([0, 8]);
  });

  it("leave out what is blank after an erase", () => {
    const plan = makePlan(geometry, toyFindings(geometry, toyImage([0, 4]), ["other"], "blank"));
    const [entry] = cutPages(plan.pages, cut);
    expect([...entry!.blocks, ...entry!.last].map(({ address }) => address - BASE)).toEqual([0]);
  });

  it("write exactly the pages that the plan writes", () => {
    const plan = makePlan(
      geometry,
      toyFindings(geometry, toyImage([0, 3 * PAGE]), ["other", "same", "other"]),
    );
    expect(cutPages(plan.pages, cut).map((page) => page.plan.page.index)).toEqual([0, 2]);
    expect(plan.pages.filter(({ action }) => writes(action)).map(({ page }) => page.index)).toEqual([0, 2]);
  });
});

describe("contents", () => {
  it("say which parts of a page the image leaves open", () => {
    const [first, second] = contentsOf(toyImage([4, 4], [12, 6]), toyGeometry(2));
    expect(first!.gaps.map(({ address, length }) => [address - BASE, length])).toEqual([[0, 4], [8, 4]]); // prettier-ignore
    expect(second!.gaps.map(({ address, length }) => [address - BASE, length])).toEqual([[18, 14]]);
  });

  it("make a whole page of image, kept bytes and the erased value", () => {
    const [content] = contentsOf(toyImage([2, 2]), toyGeometry(1));
    const bytes = bytesOf(content!, 0xff, [{ address: BASE, bytes: Uint8Array.of(9) }]);
    expect([...bytes.subarray(0, 6)]).toEqual([9, 0xff, 1, 2, 0xff, 0xff]);
  });

  it("join segments that touch and leave others apart", () => {
    const at = (address: number, length: number) => ({ address, bytes: new Uint8Array(length) });
    expect(joined([at(0, 4), at(4, 4), at(10, 2)]).map(({ address, bytes }) => [address, bytes.length])).toEqual([[0, 8], [10, 2]]); // prettier-ignore
  });
});
