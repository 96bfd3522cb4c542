/** Which pages differ, found by checksum and by reading. */
import { describe, expect, it, vi } from "vitest";
import { compare } from "../../../../src/flash/look/compare.js";
import { contentsOf } from "../../../../src/flash/look/contents.js";
import { firmware, noise } from "../../../support/sim-target.js";
import { BY_CHECKSUM, BY_READING, FLASH, jobOnSim, spoilt } from "../job-on-sim.js";

const PAGE = 2048;

async function holdings(name: string, held: (wanted: Uint8Array) => Uint8Array, pages = 8) {
  const image = firmware(FLASH, pages * PAGE);
  const { run, sim } = await jobOnSim(name, held(image.segments[0]!.bytes));
  const found = await compare(run, contentsOf(image, run.session.geometry));
  await sim.target.close();
  return { by: run.checkedBy, holdings: [...found.values()] };
}

describe.each([
  [BY_CHECKSUM, "checksum"],
  [BY_READING, "read back"],
])("comparing on %s", (name, by) => {
  it("finds every page the same, and says how that is known", async () => {
    const found = await holdings(name, (wanted) => wanted);
    expect(found).toEqual({ by, holdings: Array<string>(8).fill("same") });
  });

  it.each([0, 3, 7])("finds the one page that differs: %d", async (page) => {
    const found = await holdings(name, (wanted) => spoilt(wanted, page * PAGE));
    const expected = Array<string>(8).fill("same");
    expected[page] = "other";
    expect(found.holdings).toEqual(expected);
  });

  it("finds a difference in the last byte of a page", async () => {
    const { holdings: found } = await holdings(name, (wanted) => spoilt(wanted, 3 * PAGE - 1), 3);
    expect(found).toEqual(["same", "same", "other"]);
  });

  it("finds two pages that differ, far apart", async () => {
    const { holdings: found } = await holdings(name, (wanted) => spoilt(wanted, 0, 6 * PAGE + 100));
    expect(found.map((holding) => holding === "same")).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
      false,
      true,
    ]);
  });

  it("gives up on a flash that differs everywhere after a few samples", async () => {
    const { holdings: found } = await holdings(name, (wanted) => noise(wanted.length, 77));
    expect(new Set(found)).toEqual(new Set(["other"]));
  });
});

describe("comparing by checksum", () => {
  /** How many bytes each question was about. */
  async function asked(pages: number, held: (wanted: Uint8Array) => Uint8Array) {
    const image = firmware(FLASH, pages * PAGE);
    const { run, sim } = await jobOnSim("stm32g0b1", held(image.segments[0]!.bytes));
    const lengths = vi.spyOn(run.session.loader, "checksum");
    await compare(run, contentsOf(image, run.session.geometry));
    await sim.target.close();
    return lengths.mock.calls.map(([, length]) => length / PAGE);
  }

  it("asks about up to 128 KiB in one go, and about samples when that differs", async () => {
    expect(await asked(64, (wanted) => wanted)).toEqual([64]);
    expect(await asked(64, (wanted) => noise(wanted.length, 77))).toEqual([64, 1, 1, 1]);
  });

  it("asks about samples first where the image is larger", async () => {
    expect(await asked(128, (wanted) => noise(wanted.length, 77))).toEqual([1, 1, 1]);
    expect(await asked(128, (wanted) => wanted)).toEqual([1, 128]);
  });

  it("tells pages that are blank from those that hold something else", async () => {
    const found = await holdings(BY_CHECKSUM, () => new Uint8Array());
    expect(found.holdings).toEqual(Array(8).fill("blank"));
  });
});
