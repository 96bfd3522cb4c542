import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryImage } from "../../../src/image/image.js";
import { binChunks, writeBin } from "../../../src/image/write-bin.js";
import { hexChunks, writeHex } from "../../../src/image/write-hex.js";
import { srecChunks, writeSrec } from "../../../src/image/write-srec.js";
import { readBin } from "../../../src/image/bin.js";
import { ascii, imageOf, parse, plain, rejection, sparseParts } from "./support.js";
import { toyElf, toyUf2 } from "./toy-files.js";

const image = new MemoryImage(
  imageOf([0x0800_fffe, [1, 2, 3]], [0x0801_0010, [4]]).segments,
  "bin",
  0x0800_0151,
);

describe("writers", () => {
  it("write Intel HEX with a linear base before the first record and after each 64 KiB", () => {
    expect(writeHex(image)).toBe(
      [
        ":020000040800F2",
        ":02FFFE000102FE",
        ":020000040801F1",
        ":0100000003FC",
        ":0100100004EB",
        ":0400000508000151" + "9D",
        ":00000001FF",
        "",
      ].join("\n"),
    );
    expect(writeHex(imageOf([0, [1]]), { lineEnd: "\r\n" })).toBe(":0100000001FE\r\n:00000001FF\r\n");
  });

  it("write S-record with the shortest address that reaches, a count and an end", () => {
    expect(writeSrec(image)).toBe(
      [
        "S00B0000626F6F746C616365AB",
        "S3080800FFFE010203EC",
        "S3060801001004DC",
        "S5030002FA",
        "S70508000151A0",
        "",
      ].join("\n"),
    );
    expect(writeSrec(imageOf([0xffff, [1]]), { title: "" }).split("\n")[1]).toBe("S104FFFF01FC");
    expect(writeSrec(imageOf([0xffff, [1, 2]]), { title: "" }).split("\n")[1]).toBe("S20600FFFF0102F8");
    expect(writeSrec(imageOf([0, [1]]), { addressBytes: 4 }).split("\n")[3]).toBe("S70500000000FA");
  });

  it("refuse addresses that a short S-record does not reach", () => {
    const error = rejection(() => writeSrec(image, { addressBytes: 3 }));
    expect(error.code).toBe("USAGE");
    expect(error.message).toBe("addresses of 3 bytes do not reach 0x08010010");
  });

  it("count more than 65535 records with S6", () => {
    const text = writeSrec(imageOf([0, new Uint8Array(65_536)]), { bytesPerLine: 1 });
    expect(text).toContain("\nS604010000FA\n");
    expect(parse(ascii(text)).byteLength).toBe(65_536);
  });

  it("fill the gaps of a raw binary", () => {
    expect([...writeBin(imageOf([4, [1]], [7, [2]]))]).toEqual([1, 0xff, 0xff, 2]);
    expect([...writeBin(imageOf([4, [1]], [7, [2]]), { fill: 0, start: 3, end: 9 })]).toEqual([
      0, 1, 0, 0, 2, 0,
    ]);
    expect([...writeBin(new MemoryImage([]))]).toEqual([]);
  });

  it("refuse a raw binary that would cut the image or be mostly gap", () => {
    const two = imageOf([0, [1]], [0xffff_fff0, [2]]);
    expect(rejection(() => writeBin(two)).message).toBe(
      "a raw binary from 0x00000000 to 0xFFFFFFF1 has 4294967281 bytes, mostly gaps; more than 268435456 are not written",
    );
    expect(rejection(() => writeBin(imageOf([4, [1]]), { start: 5 })).message).toBe(
      "0x00000005 to 0x00000005 leaves out a part of the image, which has 0x00000004 to 0x00000005",
    );
    expect(rejection(() => writeBin(two)).commandHint).toContain("keep gaps");
  });

  it("write large images in pieces", () => {
    const large = imageOf([0, new Uint8Array(3 << 20)]);
    expect([...binChunks(large)].map(({ length }) => length)).toEqual([1 << 20, 1 << 20, 1 << 20]);
    for (const chunks of [hexChunks(large), srecChunks(large)])
      for (const chunk of chunks) expect(chunk.length).toBeLessThan(66_000);
  });
});

describe("what was written reads back the same", () => {
  const nearTop = (parts: [number, Uint8Array][]): [number, Uint8Array][] =>
    parts.map(([address, bytes]) => [address + 0xfff0_0000, bytes]);
  const parts = fc.oneof(
    sparseParts(0x1000),
    sparseParts(0x10_0000),
    sparseParts(0x10_0000).map(nearTop),
    sparseParts(2 ** 32),
  );

  it("as Intel HEX", () => {
    const width = fc.integer({ min: 1, max: 255 });
    fc.assert(
      fc.property(parts, width, fc.nat(0xffff_ffff), (some, bytesPerLine, entry) => {
        const source = new MemoryImage(imageOf(...some).segments, "bin", entry);
        const back = parse(ascii(writeHex(source, { bytesPerLine })));
        expect([plain(back), back.entry]).toEqual([plain(source), entry]);
      }),
    );
  });

  it("as S-record", () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 250 }), (some, bytesPerLine) => {
        const source = imageOf(...some);
        expect(plain(parse(ascii(writeSrec(source, { bytesPerLine }))))).toEqual(plain(source));
      }),
    );
  });

  it("as raw binary, gaps apart", () => {
    fc.assert(
      fc.property(sparseParts(0x1000), (some) => {
        const source = imageOf(...some);
        const bytes = writeBin(source, { fill: 0xa5 });
        const back = readBin(bytes, source.start, { file: "fw", maxBytes: 1 << 20 });
        expect([...back.read(source.start, bytes.length, 0)]).toEqual([
          ...source.read(source.start, bytes.length, 0xa5),
        ]);
      }),
    );
  });

  it("as ELF and UF2 made by hand", () => {
    fc.assert(
      fc.property(sparseParts(0x10_0000), (some) => {
        const source = imageOf(...some);
        const pieces = some.map(([physical, bytes]) => ({ physical, address: physical, bytes }));
        expect(plain(parse(toyElf(pieces)))).toEqual(plain(source));
        expect(plain(parse(toyUf2(pieces)))).toEqual(plain(source));
      }),
    );
  });

  it("with its records in any order", () => {
    fc.assert(
      fc.property(parts, fc.infiniteStream(fc.nat()), (some, keys) => {
        const source = imageOf(...some);
        const [, ...records] = writeSrec(source, { addressBytes: 4 }).trimEnd().split("\n");
        const end = records.splice(-1);
        const shuffled = records
          .slice(0, -1)
          .map((record) => ({ record, key: [...keys.take(1)][0]! }))
          .sort((a, b) => a.key - b.key)
          .map(({ record }) => record);
        expect(plain(parse(ascii([...shuffled, ...end].join("\n"))))).toEqual(plain(source));
      }),
    );
  });
});
