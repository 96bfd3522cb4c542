import { describe, expect, it } from "vitest";
import { looksLikeFirmware, outsideError, outsideOf } from "../../../src/image/plausible.js";
import { hexRecord } from "../../../src/image/write-hex.js";
import type { MemoryImage } from "../../../src/image/image.js";
import { imageOf, lines, parse } from "./support.js";

const FLASH = { start: 0x0800_0000, end: 0x0802_0000 };
const RAM = [{ start: 0x2000_0000, end: 0x2000_9000 }];

const reasons = (image: MemoryImage): string[] =>
  looksLikeFirmware(image, { ram: RAM, flash: FLASH, vectorAddress: FLASH.start });

function firmware(stack: number, reset: number, length = 64): MemoryImage {
  const bytes = new Uint8Array(length).fill(0xa5);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, stack, true);
  view.setUint32(4, reset, true);
  return imageOf([FLASH.start, bytes]);
}

describe("an image that looks like firmware", () => {
  it("has its stack at the end of the RAM and a Thumb reset vector into itself", () => {
    expect(reasons(firmware(0x2000_9000, 0x0800_0009))).toEqual([]);
  });

  it("may be an application or settings beside the vector table", () => {
    expect(reasons(imageOf([0x0800_8000, [1, 2, 3]]))).toEqual([]);
  });

  it.each<[string, MemoryImage, string[]]>([
    [
      "stack above the RAM",
      firmware(0x2000_9004, 0x0800_0009),
      ["the initial stack pointer 0x20009004 is not in RAM (0x20000000 to 0x20008FFF)"],
    ],
    [
      "stack at the first byte of the RAM",
      firmware(0x2000_0000, 0x0800_0009),
      ["the initial stack pointer 0x20000000 is not in RAM (0x20000000 to 0x20008FFF)"],
    ],
    [
      "odd stack",
      firmware(0x2000_0102, 0x0800_0009),
      ["the initial stack pointer 0x20000102 is not a multiple of 4"],
    ],
    [
      "Arm code",
      firmware(0x2000_9000, 0x0800_0008),
      ["the reset vector 0x08000008 is even, so not Thumb code"],
    ],
    [
      "reset beyond the image",
      firmware(0x2000_9000, 0x0800_0041),
      ["the reset vector 0x08000041 points into a gap of the image"],
    ],
    [
      "linked for another address",
      firmware(0x2000_9000, 0x0000_0009),
      ["the reset vector 0x00000009 points outside the flash"],
    ],
    [
      "a text",
      imageOf([FLASH.start, Buffer.from("Not firmware at all")]),
      [
        "the initial stack pointer 0x20746F4E is not in RAM (0x20000000 to 0x20008FFF)",
        "the initial stack pointer 0x20746F4E is not a multiple of 4",
        "the reset vector 0x6D726966 is even, so not Thumb code",
        "the reset vector 0x6D726966 points outside the flash",
      ],
    ],
    [
      "blank",
      imageOf([FLASH.start, [0xff, 0xff]], [0x0800_1000, [0xff]]),
      ["the image is blank: all its bytes are 0xFF"],
    ],
    ["zeros", imageOf([FLASH.start, [0, 0]]), ["the image is blank: all its bytes are 0x00"]],
    [
      "half a vector table",
      imageOf([FLASH.start, [0, 0x90, 0, 0x20]]),
      ["the vector table at 0x08000000 is not whole: the image has gaps in its first 8 bytes"],
    ],
    [
      "half a vector table, the other half",
      imageOf([FLASH.start + 4, [0, 0x90, 0, 0x20]]),
      ["the vector table at 0x08000000 is not whole: the image has gaps in its first 8 bytes"],
    ],
  ])("has no %s", (_, image, expected) => {
    expect(reasons(image)).toEqual(expected);
  });
});

describe("what lies outside", () => {
  it("is cut at the edges of the ranges", () => {
    const image = imageOf([6, [1, 2, 3, 4]], [18, [1, 2, 3, 4]], [30, [1]]);
    const ranges = [
      { start: 19, end: 20 },
      { start: 0, end: 8 },
    ];
    expect(outsideOf(image, ranges).map(({ start, end }) => [start, end])).toEqual([
      [8, 10],
      [18, 19],
      [20, 22],
      [30, 31],
    ]);
    expect(outsideOf(image, [{ start: 0, end: 31 }])).toEqual([]);
    expect(outsideOf(image, []).length).toBe(3);
  });

  it("is an error that names file, line and addresses", () => {
    const records = [hexRecord(4, 0, [8, 2]), hexRecord(0, 0, [1, 2]), hexRecord(0, 0x100, [3])];
    const last = [hexRecord(4, 0, [8, 1]), hexRecord(0, 0xfff0, new Uint8Array(16)), ":00000001FF"];
    const image = parse(lines(...records, ...last));
    const error = outsideError(image, [FLASH], { file: "fw.hex", what: "the flash of STM32G071" })!;
    expect(error.code).toBe("IMAGE_OUTSIDE");
    expect(error.message).toBe(
      "fw.hex, line 2: 0x08020000 to 0x08020001 (2 bytes), and 1 more is outside the flash of STM32G071 (0x08000000 to 0x0801FFFF)",
    );
    expect(error.context).toEqual({ file: "fw.hex", line: 2, address: 0x0802_0000 });
    const wider = { start: FLASH.start, end: 0x0803_0000 };
    expect(outsideError(image, [wider], { file: "fw.hex", what: "the flash" })).toBeUndefined();
  });
});
