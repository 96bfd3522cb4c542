import { describe, expect, it } from "vitest";
import { parse, plain, rejection } from "./support.js";
import { patched, toyUf2 } from "./toy-files.js";

const NOT_MAIN_FLASH = 0x1;
const FILE_CONTAINER = 0x1000;
const MD5 = 0x4000;

const one = toyUf2([{ address: 0x0800_0000, bytes: [1, 2, 3, 4] }]);

describe("UF2", () => {
  it("joins the payloads of its blocks and notes the family", () => {
    const image = parse(
      toyUf2([
        { address: 0x0800_0000, bytes: new Uint8Array(256).fill(1), familyId: 0x300f_5633 },
        { address: 0x0800_0100, bytes: [2], familyId: 0x300f_5633 },
        { address: 0x0801_0000, bytes: [3], familyId: 0x300f_5633 },
      ]),
    );
    expect(image.format).toBe("uf2");
    expect(image.segments.map(({ address, bytes }) => [address, bytes.length])).toEqual([
      [0x0800_0000, 257],
      [0x0801_0000, 1],
    ]);
    expect(image.notes).toMatchObject({ familyId: 0x300f_5633, skippedBlocks: 0 });
  });

  it("skips blocks that are not for the main flash, and counts them", () => {
    const image = parse(
      toyUf2([
        { address: 0, bytes: [9], flags: NOT_MAIN_FLASH },
        { address: 0x0800_0000, bytes: [1] },
      ]),
    );
    expect(plain(image)).toEqual([[0x0800_0000, [1]]]);
    expect(image.notes).toMatchObject({ skippedBlocks: 1 });
    expect(image.notes.familyId).toBeUndefined();
  });

  it("reads two complete sets of blocks, one after the other", () => {
    const image = parse(
      toyUf2([
        { address: 0, bytes: [1], total: 1, number: 0 },
        { address: 8, bytes: [2], total: 2, number: 0 },
        { address: 12, bytes: [3], total: 2, number: 1 },
      ]),
    );
    expect(image.byteLength).toBe(3);
  });

  it("tells at which offset the byte of an address stands", () => {
    expect(parse(one).notes.placeOf!(0x0800_0002)).toEqual({ offset: 34 });
  });
});

describe("UF2 that is wrong", () => {
  const two = toyUf2([
    { address: 0, bytes: [1, 2] },
    { address: 1, bytes: [3] },
  ]);
  it.each<[string, Uint8Array, number, string]>([
    ["a first magic number", patched(one, 0, 0), 0, "no UF2 block: 0x00000000 where 0x0A324655 should be"],
    ["a second magic number", patched(one, 4, 1), 4, "no UF2 block: 0x00000001 where 0x9E5D5157 should be"],
    ["a last magic number", patched(one, 508, 2), 508, "no UF2 block: 0x00000002 where 0x0AB16F30 should be"],
    [
      "a payload too long",
      patched(one, 16, 477),
      16,
      "a payload of 477 bytes, but a block holds 476 at most",
    ],
    [
      "a payload of 4 GiB",
      patched(one, 16, 0xffff_ffff),
      16,
      "a payload of 4294967295 bytes, but a block holds 476 at most",
    ],
    [
      "a payload that reaches into the MD5",
      toyUf2([{ address: 0, bytes: new Uint8Array(453), flags: MD5 }]),
      16,
      "a payload of 453 bytes, but a block holds 452 at most",
    ],
    [
      "a file container",
      patched(one, 8, FILE_CONTAINER),
      8,
      "the block holds a piece of a file (file container), not of the flash",
    ],
    ["a missing block", patched(two, 512 + 20, 0), 532, "block 0 of 2 where block 1 should be"],
    ["block 1 at first", patched(two, 20, 1), 20, "block 1 of 2 where block 0 should be"],
    ["no blocks in total", patched(one, 24, 0), 24, "the block says that there are no blocks"],
    [
      "two totals",
      patched(two, 512 + 24, 3),
      536,
      "the block says that there are 3 blocks, those before it said 2",
    ],
    [
      "blocks left out at the end",
      two.slice(0, 512),
      512,
      "the file ends after 1 of 2 blocks: it was cut short",
    ],
    ["half a block", two.slice(0, 1000), 512, "the last block is cut short: 488 of 512 bytes"],
    [
      "an address past 4 GiB",
      patched(one, 12, 0xffff_fffe),
      32,
      "the data at 0xFFFFFFFE runs past the 4 GiB that 32-bit addresses reach",
    ],
    ["an overlap", two, 544, "gives 0x03 for 0x00000001, but offset 0x00000021 gave 0x02"],
    [
      "two families",
      toyUf2([
        { address: 0, bytes: [1], familyId: 1 },
        { address: 1, bytes: [1] },
      ]),
      540,
      "the block is for no family, those before it for family 0x00000001",
    ],
    ["nothing for the flash", patched(one, 8, NOT_MAIN_FLASH), 8, "no block has bytes for the main flash"],
  ])("is refused for %s, naming the offset", (_, file, offset, what) => {
    const error = rejection(() => parse(file, "uf2"));
    expect(error.message).toBe(`fw, offset 0x${offset.toString(16).toUpperCase().padStart(8, "0")}: ${what}`);
    expect(error.context).toMatchObject({ file: "fw", offset });
  });

  it("is refused when it is empty", () => {
    expect(rejection(() => parse(new Uint8Array(0), "uf2")).message).toBe(
      "fw, offset 0x00000000: the file ends after 0 of 0 blocks: it was cut short",
    );
  });
});
