import { describe, expect, it } from "vitest";
import { parse, plain, rejection } from "./support.js";
import { parseImage } from "../../../src/image/parse.js";
import { ELF_HEADERS, patched, toyElf, withSections } from "./toy-files.js";

const one = toyElf([{ physical: 0x0800_0000, bytes: [1, 2, 3, 4] }], 0x0800_0001);
const FIRST_HEADER = ELF_HEADERS;

describe("ELF", () => {
  it("loads PT_LOAD segments at their physical addresses, not where the program later finds them", () => {
    const image = parse(
      toyElf(
        [
          { physical: 0x0800_0000, bytes: [1, 2] },
          { physical: 0x0800_0002, virtual: 0x2000_0000, bytes: [3], memoryBytes: 9 },
        ],
        0x0800_0001,
      ),
    );
    expect(image.format).toBe("elf");
    expect(image.entry).toBe(0x0800_0001);
    expect(plain(image)).toEqual([[0x0800_0000, [1, 2, 3]]]);
  });

  it("leaves out segments of other types and those without bytes in the file", () => {
    const image = parse(
      toyElf([
        { type: 0x7000_0001, physical: 0, bytes: [9] },
        { physical: 0x2000_0000, bytes: [], memoryBytes: 1024 },
        { physical: 0x0800_0000, bytes: [1] },
      ]),
    );
    expect(plain(image)).toEqual([[0x0800_0000, [1]]]);
    expect(image.entry).toBeUndefined();
  });

  describe("whose first segment begins with the ELF header", () => {
    const headers = ELF_HEADERS + 32;
    const withHeader = [
      [FIRST_HEADER + 4, 0],
      [FIRST_HEADER + 8, 0x0800_0000 - headers],
      [FIRST_HEADER + 12, 0x0800_0000 - headers],
      [FIRST_HEADER + 16, headers + 4],
      [FIRST_HEADER + 20, headers + 4],
    ].reduce((file, [offset, value]) => patched(file, offset!, value!), one);
    const PROGBITS = 1;
    const NOBITS = 8;
    const NOTE = 7;
    const EXIDX = 0x7000_0001;
    const ALLOC = 2;

    it("takes the bytes of its sections that occupy memory, of whatever type, and no others", () => {
      const file = withSections(withHeader, [
        { type: EXIDX, flags: ALLOC, address: 0x0800_0001, offset: headers + 1, size: 1 },
        { type: NOTE, flags: ALLOC, address: 0x0800_0003, offset: headers + 3, size: 1 },
        { type: NOBITS, flags: ALLOC, address: 0x0800_0000, offset: headers, size: 4 },
        { type: PROGBITS, flags: 0, address: 0, offset: 0, size: 40 },
      ]);
      expect(plain(parse(file))).toEqual([
        [0x0800_0001, [2]],
        [0x0800_0003, [4]],
      ]);
    });

    it("is refused without a section table, unless whole segments are asked for", () => {
      for (const file of [withHeader, withSections(withHeader, [])]) {
        const error = rejection(() => parse(file));
        expect(error.message).toBe(
          "fw, offset 0x00000034: the segment for 0x07FFFFAC begins with the ELF header, and without a section table nothing says where the firmware in it begins",
        );
        expect(error.commandHint).toContain("--elf-segments");
        const asked = parseImage(file, { file: "fw", elfSegments: true });
        expect([asked.start, asked.byteLength]).toEqual([0x0800_0000 - headers, headers + 4]);
      }
    });

    it("is refused when the table of sections or a section runs past the end", () => {
      const file = withSections(withHeader, [
        { type: PROGBITS, flags: ALLOC, address: 0x0800_0000, offset: headers, size: 4000 },
      ]);
      expect(rejection(() => parse(file)).message).toBe(
        "fw, offset 0x00000080: the section for 0x08000000 (4000 bytes at offset 0x00000054) runs past the end of the file",
      );
      expect(rejection(() => parse(patched(file, 48, 3, 16))).message).toBe(
        "fw, offset 0x00000020: the table of 3 section headers at 0x00000058 runs past the end of the file",
      );
      expect(rejection(() => parse(patched(file, 46, 64, 16))).message).toBe(
        "fw, offset 0x0000002E: section headers of 64 bytes each, not 40",
      );
    });
  });

  it("loads every section to where its own segment says, also where segments share bytes of addresses in RAM", () => {
    const file = toyElf([
      { physical: 0x0800_0000, virtual: 0x2000_0000, bytes: [1, 2] },
      { physical: 0x0800_0100, virtual: 0x2000_0000, bytes: [3, 4] },
    ]);
    const from = ELF_HEADERS + 64;
    const section = (address: number, offset: number) => ({ type: 1, flags: 2, address, offset, size: 2 });
    const sections = [section(0x2000_0000, from), section(0x2000_0000, from + 2)];
    expect(plain(parse(withSections(file, sections)))).toEqual([
      [0x0800_0000, [1, 2]],
      [0x0800_0100, [3, 4]],
    ]);
  });

  it("takes virtual addresses where the linker left all physical ones 0", () => {
    const file = toyElf([
      { physical: 0, virtual: 0x0800_0000, bytes: [1] },
      { physical: 0, virtual: 0x0800_0010, bytes: [2] },
    ]);
    expect(plain(parse(file))).toEqual([
      [0x0800_0000, [1]],
      [0x0800_0010, [2]],
    ]);
  });

  it("tells at which offset the byte of an address stands", () => {
    expect(parse(one).notes.placeOf!(0x0800_0003)).toEqual({ offset: 52 + 32 + 3 });
  });
});

describe("ELF that is wrong", () => {
  const two = toyElf([
    { physical: 0, bytes: [1, 2] },
    { physical: 1, bytes: [9] },
  ]);
  it.each<[string, Uint8Array, number, string]>([
    ["no magic number", patched(one, 0, 0), 0, "no ELF file: the magic number is missing"],
    ["nothing but the magic number", one.slice(0, 4), 4, "the ELF header is cut short: 4 of 52 bytes"],
    ["64 bits", patched(one, 4, 2, 8), 4, "a 64-bit ELF file, but STM32 microcontrollers run 32-bit code"],
    ["an unknown class", patched(one, 4, 3, 8), 4, "unknown ELF class 3"],
    [
      "big-endian",
      patched(one, 5, 2, 8),
      5,
      "not a little-endian ELF file, but STM32 microcontrollers are little-endian",
    ],
    ["x86-64", patched(one, 18, 62, 16), 18, "built for ELF machine 62, not for Arm (40)"],
    [
      "an object file",
      patched(one, 16, 1, 16),
      16,
      "not a linked program: ELF type 1 (object file, before linking)",
    ],
    ["a strange type", patched(one, 16, 9, 16), 16, "not a linked program: ELF type 9"],
    [
      "program headers of another size",
      patched(one, 42, 56, 16),
      42,
      "program headers of 56 bytes each, not 32",
    ],
    ["no program headers", patched(one, 44, 0, 16), 44, "no program headers, so nothing to load"],
    [
      "a table past the end",
      patched(one, 28, 0xffff_fff0),
      28,
      "the table of 1 program headers at 0xFFFFFFF0 runs past the end of the file",
    ],
    [
      "too many headers",
      patched(one, 44, 0xffff, 16),
      28,
      "the table of 65535 program headers at 0x00000034 runs past the end of the file",
    ],
    [
      "a segment past the end",
      patched(one, FIRST_HEADER + 16, 5),
      52,
      "the segment for 0x08000000 (5 bytes at offset 0x00000054) runs past the end of the file",
    ],
    [
      "an offset near 4 GiB",
      patched(one, FIRST_HEADER + 4, 0xffff_ffff),
      52,
      "the segment for 0x08000000 (4 bytes at offset 0xFFFFFFFF) runs past the end of the file",
    ],
    [
      "more bytes in the file than in memory",
      patched(one, FIRST_HEADER + 20, 3),
      52,
      "the segment for 0x08000000 is larger in the file than in memory",
    ],
    [
      "an address past 4 GiB",
      patched(one, FIRST_HEADER + 12, 0xffff_fffe),
      84,
      "the data at 0xFFFFFFFE runs past the 4 GiB that 32-bit addresses reach",
    ],
    [
      "no segment to load",
      patched(one, FIRST_HEADER, 6),
      28,
      "no segment has bytes to load (PT_LOAD with a file size)",
    ],
    ["an overlap", two, 118, "gives 0x09 for 0x00000001, but offset 0x00000075 gave 0x02"],
  ])("is refused for %s, naming the offset", (_, file, offset, what) => {
    const error = rejection(() => parse(file, "elf"));
    expect(error.message).toBe(`fw, offset 0x${offset.toString(16).toUpperCase().padStart(8, "0")}: ${what}`);
    expect(error.context).toMatchObject({ file: "fw", offset });
  });

  it("is refused when many segments share the same bytes of the file", () => {
    const bytes = new Uint8Array(4096);
    const segments = Array.from({ length: 100 }, (_, index) => ({ physical: index * 8192, bytes: [] }));
    const file = new Uint8Array([...toyElf(segments), ...bytes]);
    const view = new DataView(file.buffer);
    for (let index = 0; index < 100; index++) {
      view.setUint32(52 + 32 * index + 16, 4096, true);
      view.setUint32(52 + 32 * index + 20, 4096, true);
    }
    expect(rejection(() => parse(file)).message).toBe(
      "fw, offset 0x0000001C: it has 409600 bytes to load, more than the whole file",
    );
  });

  it("is refused in time when 65534 segments begin at the file's start beside 65535 sections", () => {
    const count = 65_534;
    const file = new Uint8Array(52 + 40 * 65_535);
    file.set(toyElf([{ physical: 0, bytes: [1] }]));
    const view = new DataView(file.buffer);
    view.setUint16(44, count, true);
    view.setUint32(32, 52, true);
    view.setUint16(48, 65_535, true);
    for (let index = 0; index < count; index++)
      [1, 0, 0, index * 256, 100, 100].forEach((word, field) =>
        view.setUint32(52 + 32 * index + 4 * field, word, true),
      );
    expect(rejection(() => parse(file)).code).toBe("IMAGE_INVALID");
  });
});
