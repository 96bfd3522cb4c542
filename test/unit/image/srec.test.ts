import { describe, expect, it } from "vitest";
import { srecRecord } from "../../../src/image/write-srec.js";
import { ascii, lines, parse, plain, rejection } from "./support.js";

const END = "S9030000FC";
const s1 = (address: number, ...bytes: number[]): string =>
  srecRecord(1, [address >> 8, address & 0xff], bytes);

describe("S-record", () => {
  it("reads the published example", () => {
    // srec(5) and the M68000 manual, appendix C.
    const image = parse(
      lines(
        "S00600004844521B",
        "S1130000285F245F2212226A000424290008237C2A",
        "S11300100002000800082629001853812341001813",
        "S5030002FA",
        "S9030000FC",
      ),
    );
    expect(image.format).toBe("srec");
    expect(image.byteLength).toBe(32);
    expect([...image.read(0, 4, 0xff)]).toEqual([0x28, 0x5f, 0x24, 0x5f]);
    expect(image.entry).toBeUndefined();
  });

  it("reads 16, 24 and 32-bit addresses and the start address of S7, S8 and S9", () => {
    const s2 = srecRecord(2, [0x12, 0x34, 0x56], [1]);
    const s3 = srecRecord(3, [0x08, 0, 0, 0], [2]);
    const image = parse(lines(s1(0x1234, 3), s2, s3, srecRecord(7, [0x08, 0, 1, 0x51], [])));
    expect(plain(image)).toEqual([
      [0x1234, [3]],
      [0x12_3456, [1]],
      [0x0800_0000, [2]],
    ]);
    expect(image.entry).toBe(0x0800_0151);
    expect(parse(lines(s1(0, 1), srecRecord(8, [1, 2, 3], []))).entry).toBe(0x010203);
    expect(parse(lines(s1(0, 1), srecRecord(9, [1, 2], []))).entry).toBe(0x0102);
  });

  it("counts with S5 and S6, and takes a count as the end where there is no start address", () => {
    expect(parse(lines(s1(0, 1), s1(1, 2), srecRecord(5, [0, 2], []))).byteLength).toBe(2);
    expect(parse(lines(s1(0, 1), s1(1, 2), srecRecord(6, [0, 0, 2], []), END)).byteLength).toBe(2);
  });

  it("reads CRLF, lower-case digits, blank lines and any order", () => {
    const text = `${s1(4, 0xab)}\r\n\r\n${s1(0, 0xcd)}\r\n${END}`;
    expect(plain(parse(ascii(text.replace("AB", "ab").replace("CD", "cd"))))).toEqual([
      [0, [0xcd]],
      [4, [0xab]],
    ]);
  });
});

describe("S-record as people have it", () => {
  it("takes the same bytes twice, comments and padding behind the end record", () => {
    const image = parse(ascii(`; by hand\n${s1(0, 1, 2)}\n${s1(1, 2, 3)}\n${END}\n\x1a\0\0`));
    expect(plain(image)).toEqual([[0, [1, 2, 3]]]);
    expect(image.notes.remarks).toEqual([
      "1 comment is left out, from line 1 on",
      "1 byte is given twice with the same value, from 0x00000001 on",
    ]);
  });
});

describe("S-record that is wrong", () => {
  it.each<[string, string[], number, string]>([
    [
      "a wrong checksum",
      [s1(0, 1), "S10400010101", END],
      2,
      "the checksum is 0x01, the bytes of the record give 0xF9",
    ],
    [
      "a wrong count",
      [s1(0, 1), srecRecord(5, [0, 2], []), END],
      2,
      "the S5 counts 2 data records, but 1 came before it",
    ],
    ["a count with data", [srecRecord(5, [0, 0], [1])], 1, "an S5 has no data bytes, this one has 1"],
    ["an end with data", [srecRecord(9, [0, 0], [1])], 1, "an S9 has no data bytes, this one has 1"],
    [
      "no end",
      [s1(0, 1)],
      2,
      "the file ends with neither an end record (S7 to S9) nor a count (S5, S6): it was cut short",
    ],
    ["more after the end", [s1(0, 1), END, s1(1, 1)], 3, "a further record stands behind the end record"],
    [
      "type S4",
      [srecRecord(4, [0, 0], [])],
      1,
      "record types are S0 to S3 and S5 to S9, after 'S' comes '4'",
    ],
    ["no type", ["SX"], 1, "record types are S0 to S3 and S5 to S9, after 'S' comes 'X'"],
    ["another text", [s1(0, 1), ":00000001FF"], 2, "a record begins with 'S', this line with ':'"],
    [
      "a count of bytes too small",
      ["S1020000"],
      1,
      "the byte count is 2, but address and checksum of an S1 alone need 3",
    ],
    ["a line cut short", [s1(0, 1), "S10400"], 2, "the line is cut short: it ends after 6 characters"],
    ["an overlap", [s1(0, 1, 2), s1(1, 3), END], 2, "gives 0x03 for 0x00000001, but line 1 gave 0x02"],
  ])("is refused for %s, naming the line", (_, records, line, what) => {
    const error = rejection(() => parse(lines(...records), "srec"));
    expect(error.message).toBe(`fw, line ${line}: ${what}`);
    expect(error.context).toMatchObject({ file: "fw", line });
  });

  it("is refused when it ends after the letter S", () => {
    expect(rejection(() => parse(ascii("S"), "srec")).message).toBe(
      "fw, line 1: record types are S0 to S3 and S5 to S9, after 'S' comes the end of the file",
    );
  });

  it("is refused when cut anywhere but after a count or at the last line's end", () => {
    const text = [srecRecord(0, [0, 0], [65]), s1(0, 1, 2, 3), s1(3, 4), END].join("\n");
    for (let length = 1; length < text.length; length++)
      expect(rejection(() => parse(ascii(text.slice(0, length)), "srec")).code).toBe("IMAGE_INVALID");
  });
});
