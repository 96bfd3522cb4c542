import { describe, expect, it } from "vitest";
import { hexRecord } from "../../../src/image/write-hex.js";
import { lines, ascii, parse, plain, rejection } from "./support.js";

const EOF = ":00000001FF";
const data = (offset: number, ...bytes: number[]): string => hexRecord(0, offset, bytes);

describe("Intel HEX", () => {
  it("reads a data record at its 16-bit address", () => {
    // The example of Intel's specification, page 5.
    const image = parse(lines(":10001300AC12AD13AE10AF1112002F8E0E8F0F2244", EOF));
    expect(image.format).toBe("hex");
    expect(image.start).toBe(0x13);
    expect([...image.segments[0]!.bytes.subarray(0, 4)]).toEqual([0xac, 0x12, 0xad, 0x13]);
    expect(image.byteLength).toBe(16);
  });

  it("joins records that touch and keeps gaps", () => {
    const image = parse(lines(data(0, 1, 2), data(2, 3), data(8, 4), EOF));
    expect(plain(image)).toEqual([
      [0, [1, 2, 3]],
      [8, [4]],
    ]);
  });

  it("takes records in any order", () => {
    const image = parse(lines(data(8, 4), data(2, 3), data(0, 1, 2), EOF));
    expect(plain(image)).toEqual([
      [0, [1, 2, 3]],
      [8, [4]],
    ]);
  });

  it("adds the linear base of type 04, and goes on past 64 KiB", () => {
    const image = parse(lines(":020000040800F2", data(0xffff, 1, 2), EOF));
    expect(plain(image)).toEqual([[0x0800_ffff, [1, 2]]]);
  });

  it("adds sixteen times the segment of type 02, and wraps round inside its 64 KiB", () => {
    const image = parse(lines(hexRecord(2, 0, [0x12, 0x00]), data(0xffff, 1, 2), EOF));
    expect(plain(image)).toEqual([
      [0x12000, [2]],
      [0x21fff, [1]],
    ]);
  });

  it("lets type 04 end the segment of type 02", () => {
    const records = [hexRecord(2, 0, [0x12, 0]), hexRecord(4, 0, [0, 1]), data(0xffff, 1, 2)];
    expect(plain(parse(lines(...records, EOF)))).toEqual([[0x1ffff, [1, 2]]]);
  });

  it("takes the entry of type 03 as segment and offset, of type 05 as it is", () => {
    expect(parse(lines(data(0, 1), hexRecord(3, 0, [0x12, 0x34, 0x00, 0x10]), EOF)).entry).toBe(0x12350);
    expect(parse(lines(data(0, 1), hexRecord(5, 0, [0x08, 0, 1, 0x51]), EOF)).entry).toBe(0x0800_0151);
  });

  it.each([
    ["CRLF", "\r\n"],
    ["CR", "\r"],
    ["LF", "\n"],
    ["blank lines between", "\n\r\n  \n"],
    ["trailing blanks", " \t\r\n"],
  ])("reads line ends: %s", (_, end) => {
    expect(plain(parse(ascii(data(0, 1) + end + data(4, 2) + end + EOF + end)))).toEqual([
      [0, [1]],
      [4, [2]],
    ]);
  });

  it("reads lower-case digits, a byte order mark, and a last line without an end", () => {
    expect(plain(parse(ascii("\xef\xbb\xbf:01000000ab54\n:00000001ff")))).toEqual([[0, [0xab]]]);
  });

  it("skips records without data", () => {
    expect(plain(parse(lines(data(9), data(0, 7), EOF)))).toEqual([[0, [7]]]);
  });

  it("tells which line gave an address", () => {
    const image = parse(lines("", data(8, 4), data(2, 3), data(0, 1, 2), EOF));
    expect([0, 1, 2, 8].map((address) => image.notes.placeOf!(address))).toEqual([
      { line: 4 },
      { line: 4 },
      { line: 3 },
      { line: 2 },
    ]);
    expect(image.notes.placeOf!(3)).toBeUndefined();
  });
});

describe("Intel HEX as people have it", () => {
  it("takes the same bytes twice, and says so", () => {
    const image = parse(lines(data(4, 1), data(0, 1, 2), data(1, 2, 3, 9, 1, 5), data(0, 1), EOF));
    expect(plain(image)).toEqual([[0, [1, 2, 3, 9, 1, 5]]]);
    expect(image.notes.remarks).toEqual(["3 bytes are given twice with the same value, from 0x00000000 on"]);
    expect([0, 2, 4, 5].map((address) => image.notes.placeOf!(address))).toEqual([
      { line: 2 },
      { line: 3 },
      { line: 3 },
      { line: 3 },
    ]);
  });

  it.each([
    ["Ctrl-Z", "\x1a"],
    ["NULs on the end record's own line", "\0\0\0"],
    ["erased flash", "\n\xff\xff\xff\xff"],
    ["all of them, with blank lines", "\r\n\x1a\r\n\0\0\xff\n\n"],
  ])("takes padding behind the end record for no data: %s", (_, padding) => {
    const image = parse(ascii(`${data(0, 1, 2)}\n${EOF}${padding}`));
    expect(plain(image)).toEqual([[0, [1, 2]]]);
    expect(image.notes.remarks).toEqual([]);
  });

  it("leaves comments out, in front, between and behind records, and says so", () => {
    const image = parse(
      lines(
        "; made by hand",
        "// from",
        "# three",
        data(0, 1),
        "",
        data(1, 2) + "  ; two",
        "#",
        EOF,
        "The end.",
      ),
    );
    expect(plain(image)).toEqual([[0, [1, 2]]]);
    expect(image.notes.remarks).toEqual([
      "5 comments are left out, from line 1 on",
      "8 bytes of text behind the end record are left out",
    ]);
    expect(image.notes.placeOf!(1)).toEqual({ line: 6 });
  });

  it("refuses records behind the end record whatever stands between", () => {
    for (const between of ["", "\x1a\n", "; next\n", "\0\0"])
      expect(
        rejection(() => parse(ascii(`${data(0, 1)}\n${EOF}\n${between}${data(4, 1)}\n${EOF}\n`))).message,
      ).toMatch(/^fw, line [34]: a further record stands behind the end record$/);
  });
});

describe("Intel HEX that is wrong", () => {
  it.each<[string, string[], number, string]>([
    [
      "a wrong checksum",
      [data(0, 1), ":0100010002FF", EOF],
      2,
      "the checksum is 0xFF, the bytes of the record give 0xFC",
    ],
    [
      "no end-of-file record",
      [data(0, 1)],
      2,
      "the file ends without an end-of-file record (type 01): it was cut short",
    ],
    ["data after the end", [data(0, 1), EOF, data(1, 1)], 3, "a further record stands behind the end record"],
    ["an unknown type", [hexRecord(6, 0, [])], 1, "record type 0x06 is none of 00 to 05"],
    [
      "a short address record",
      [hexRecord(4, 0, [8])],
      1,
      "a record of type 0x04 has 2 data bytes, this one 1",
    ],
    [
      "an end record with data",
      [hexRecord(1, 0, [8])],
      1,
      "a record of type 0x01 has 0 data bytes, this one 1",
    ],
    [
      "a line cut short",
      [data(0, 1), ":0400020001", EOF],
      2,
      "the line is cut short: it ends after 11 characters",
    ],
    ["no digit", [data(0, 1), ":01000G00"], 2, "'G' at column 7 is not a hexadecimal digit"],
    ["a control character", [":0100\x07"], 1, "byte 0x07 at column 6 is not a hexadecimal digit"],
    ["a line of something else", [data(0, 1), "hello"], 2, "a record begins with ':', this line with 'h'"],
    [
      "a line that goes on",
      [`${data(0, 1)}00`],
      1,
      "the record is complete, but the line goes on with '0' at column 14",
    ],
    [
      "two records on a line",
      [data(0, 1) + EOF],
      1,
      "the record is complete, but the line goes on with ':' at column 14",
    ],
    [
      "data past 4 GiB",
      [hexRecord(4, 0, [0xff, 0xff]), data(0xffff, 1, 2), EOF],
      2,
      "the data at 0xFFFFFFFF runs past the 4 GiB that 32-bit addresses reach",
    ],
    [
      "an overlap that differs",
      [data(0, 1, 2, 3), data(8, 1), data(2, 9, 9), EOF],
      3,
      "gives 0x09 for 0x00000002, but line 1 gave 0x03",
    ],
    [
      "an overlap from below that differs",
      [data(4, 1), data(0, 1), data(1, 1, 1, 1, 7), EOF],
      3,
      "gives 0x07 for 0x00000004, but line 1 gave 0x01",
    ],
    [
      "an overlap that differs in one byte further on",
      [data(0, 1, 2, 3), data(2, 3, 4, 5), data(1, 2, 3, 4, 6), EOF],
      3,
      "gives 0x06 for 0x00000004, but line 2 gave 0x05",
    ],
    [
      "a control character behind the end",
      [data(0, 1), `${EOF}\x1a\x07`],
      2,
      "byte 0x07 stands behind the end record, neither padding nor text",
    ],
  ])("is refused for %s, naming the line", (_, records, line, what) => {
    const error = rejection(() => parse(lines(...records), "hex"));
    expect(error.code).toBe("IMAGE_INVALID");
    expect(error.message).toBe(`fw, line ${line}: ${what}`);
    expect(error.context).toMatchObject({ file: "fw", line });
  });

  it("is refused when it is well-formed but empty of data", () => {
    expect(rejection(() => parse(lines(EOF))).message).toBe(
      "fw, offset 0x00000000: the file is well-formed, but has no data in it",
    );
  });

  it("is refused when cut anywhere, at whatever character", () => {
    const text = [":020000040800F2", data(0, 1, 2, 3), data(3, 4), EOF].join("\n");
    for (let length = 1; length < text.length; length++)
      expect(rejection(() => parse(ascii(text.slice(0, length)))).code).toBe("IMAGE_INVALID");
  });

  it("is refused when any single character is another digit", () => {
    const text = [":020000040800F2", data(0, 1, 2, 3), data(3, 4), EOF].join("\n");
    for (let at = 0; at < text.length; at++)
      for (const digit of "0123456789ABCDEF") {
        if (text[at] === digit) continue;
        const changed = text.slice(0, at) + digit + text.slice(at + 1);
        expect(() => parse(ascii(changed), "hex"), changed).toThrow(/^fw, line \d+: /);
      }
  });
});
