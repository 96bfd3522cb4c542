import { describe, expect, it } from "vitest";
import type { Place } from "../../../../src/cli/stm32flash/command-line.js";
import { memoryAt, spanOf } from "../../../../src/cli/stm32flash/memory.js";
import type { Source } from "../../../../src/cli/stm32flash/source.js";
import { planWrite } from "../../../../src/cli/stm32flash/write-plan.js";
import { BootlaceError } from "../../../../src/errors.js";
import { MemoryImage } from "../../../../src/image/image.js";
import { BASE, toyGeometry, toyImage } from "../../flash/toy.js";

/** Four pages of 16 bytes. */
const CHIP = { geometry: toyGeometry(4), device: undefined };

const file = (image: MemoryImage, extra: Partial<Source> = {}): Source => ({
  name: "fw.bin",
  format: "raw bytes",
  image,
  addressed: true,
  piped: false,
  ...extra,
});

const raw = (length: number, extra: Partial<Source> = {}): Source =>
  file(new MemoryImage([{ address: 0, bytes: new Uint8Array(length).fill(0x11) }]), {
    addressed: false,
    ...extra,
  });

/** "0-16: 11*5 ff*11", offsets from the start of flash. */
function planned(source: Source, place: Place = {}): string[] {
  const { image } = planWrite(source, place, CHIP);
  return image.segments.map(({ address, bytes }) => {
    const runs = bytes.reduce<[number, number][]>((all, byte) => {
      const last = all.at(-1);
      if (last?.[0] === byte) last[1]++;
      else all.push([byte, 1]);
      return all;
    }, []);
    const from = address - BASE;
    return `${from}-${from + bytes.length}: ${runs.map(([byte, count]) => `${byte.toString(16)}*${count}`).join(" ")}`;
  });
}

function refusal(source: Source, place: Place): string {
  try {
    planWrite(source, place, CHIP);
  } catch (error) {
    if (error instanceof BootlaceError) return error.message;
    throw error;
  }
  return "accepted";
}

describe("where the bytes of -w go", () => {
  it("erases behind the file, to the end of its last page", () => {
    expect(planned(raw(20))).toEqual(["0-32: 11*20 ff*12"]);
  });

  it("leaves what lies before the file in its first page to be kept", () => {
    expect(planned(raw(10), { start: BASE + 20 })).toEqual(["20-32: 11*10 ff*2"]);
  });

  it("changes nothing outside of a length that is given", () => {
    expect(planned(raw(100), { start: BASE + 16, length: 20 })).toEqual(["16-36: 11*20"]);
    expect(planned(raw(4), { start: BASE + 16, length: 20 })).toEqual(["16-36: 11*4 ff*16"]);
    expect(planWrite(raw(100), { start: BASE + 16, length: 20 }, CHIP).leftOut).toBe(80);
  });

  it("starts at the page of -s", () => {
    expect(planned(raw(4), { startPage: 2 })).toEqual(["32-48: 11*4 ff*12"]);
    expect(refusal(raw(4), { startPage: 4 })).toBe(
      "-s: there is no page 4, the flash has 4 and ends at 0x0800003F",
    );
  });

  it("erases all that follows for what is piped in, or the pages of -e", () => {
    expect(planned(raw(4, { piped: true }), { startPage: 2 })).toEqual(["32-64: 11*4 ff*28"]);
    expect(planned(raw(4, { piped: true }), { startPage: 1, pages: 1 })).toEqual(["16-32: 11*4 ff*12"]);
    expect(refusal(raw(20, { piped: true }), { pages: 1 })).toBe(
      "fw.bin goes up to 0x08000013, the flash that it may use ends at 0x0800000F",
    );
  });

  it("leaves pages alone that a file with addresses does not touch", () => {
    expect(planned(file(toyImage([0, 1], [33, 1])))).toEqual(["0-16: 1*1 ff*15", "32-48: ff*1 1*1 ff*14"]);
  });

  it("pads to four bytes with FF where erased flash is 00", () => {
    const chip = { ...CHIP, geometry: toyGeometry(1, { erasedValue: 0x00 }) };
    const { image } = planWrite(raw(5), {}, chip);
    expect(Buffer.from(image.segments[0]!.bytes).toString("hex")).toBe(
      `${"11".repeat(5)}ffffff${"00".repeat(8)}`,
    );
  });

  it("moves a file with addresses to -S, and from address 0 to the start of flash", () => {
    expect(planned(file(toyImage([0, 2])), { start: BASE + 32 })).toEqual(["32-48: 1*1 2*1 ff*14"]);
    const alias = new MemoryImage([{ address: 0, bytes: Uint8Array.of(7) }]);
    expect(planned(file(alias))).toEqual(["0-16: 7*1 ff*15"]);
  });

  it("refuses -s that contradicts the file's own address", () => {
    expect(refusal(file(toyImage([0, 2])), { startPage: 1 })).toBe(
      "-s 1 is at 0x08000010, the file says 0x08000000",
    );
    expect(planned(file(toyImage([16, 1])), { startPage: 1 })).toEqual(["16-32: 1*1 ff*15"]);
  });

  it("refuses what does not fit", () => {
    expect(refusal(raw(65), {})).toBe(
      "fw.bin goes up to 0x08000040, the flash that it may use ends at 0x0800003F",
    );
    expect(refusal(raw(20), { start: BASE + 48 })).toBe(
      "fw.bin goes up to 0x08000043, the flash that it may use ends at 0x0800003F",
    );
    expect(refusal(raw(20), { start: BASE + 48, length: 100 })).not.toBe("accepted");
  });

  it("writes only the file itself with -e 0", () => {
    expect(planned(raw(5), { pages: 0 })).toEqual(["0-8: 11*5 ff*3"]);
  });
});

describe("what is read, summed and erased", () => {
  const span = (place: Place) => {
    const { start, end, cut } = spanOf(place, CHIP);
    return [start - BASE, end - BASE, cut];
  };

  it("is the whole flash, pages, or a place in bytes", () => {
    expect(span({})).toEqual([0, 64, false]);
    expect(span({ startPage: 1 })).toEqual([16, 64, false]);
    expect(span({ startPage: 1, pages: 2 })).toEqual([16, 48, false]);
    expect(span({ startPage: 1, pages: 0 })).toEqual([16, 64, false]);
    expect(span({ start: BASE + 4, length: 8 })).toEqual([4, 12, false]);
    expect(span({ length: 8 })).toEqual([0, 8, false]);
  });

  it("is cut at the end of the flash", () => {
    expect(span({ startPage: 3, pages: 2 })).toEqual([48, 64, true]);
    expect(span({ start: BASE + 60, length: 8 })).toEqual([60, 64, true]);
  });

  it("needs a length where nobody knows the memory", () => {
    expect(memoryAt(CHIP, 0x3000_0000)).toMatchObject({ kind: "other", bounded: false });
    expect(() => spanOf({ start: 0x3000_0000 }, CHIP)).toThrow(
      "how much at 0x30000000? It is in no memory that the device table knows",
    );
  });
});
