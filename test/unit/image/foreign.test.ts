/** What is not firmware is refused, whatever it is called; what is firmware is taken, whatever it begins with. */

import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BootlaceError } from "../../../src/errors.js";
import { parseImage, type ParseOptions } from "../../../src/image/parse.js";
import { writeHex } from "../../../src/image/write-hex.js";
import { writeSrec } from "../../../src/image/write-srec.js";
import { ascii, imageOf, plain, rejection } from "./support.js";
import { toyDfuse, toyElf, toyUf2 } from "./toy-files.js";

const VECTORS = Uint8Array.of(0x00, 0x90, 0x00, 0x20, 0xb9, 0x00, 0x00, 0x08);
const HEX = writeHex(imageOf([0x0800_0000, VECTORS]), { lineEnd: "\r\n" });
const read = (bytes: Uint8Array, options: Partial<ParseOptions> = {}) =>
  parseImage(bytes, { file: "fw.bin", defaultBase: 0x0800_0000, ...options });

/** A file with these bytes at these offsets, zeros between and behind. */
function file(...parts: readonly (readonly [number, string])[]): Uint8Array {
  const end = Math.max(...parts.map(([offset, bytes]) => offset + bytes.length));
  const out = new Uint8Array(end + 600);
  for (const [offset, bytes] of parts) out.set(ascii(bytes), offset);
  return out;
}

function tar(name: string, magic: string): Uint8Array {
  const header = file(
    [0, name],
    [100, "0000644\0"],
    [124, "00000000010\0"],
    [148, "        "],
    [156, "0"],
    [257, magic],
  );
  const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  header.set(ascii(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return header;
}

const utf16 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "utf16le"));
const swapped = (bytes: Uint8Array): Uint8Array => new Uint8Array(Buffer.from(bytes).swap16());

const FOREIGN: readonly (readonly [string, Uint8Array, string])[] = [
  ["app.zip", file([0, "PK\x03\x04\x14"]), "a ZIP archive"],
  ["empty.zip", file([0, "PK\x05\x06"]), "an empty ZIP archive"],
  ["app.gz", new Uint8Array(gzipSync(VECTORS)), "compressed with gzip"],
  ["app.xz", file([0, "\xfd7zXZ\0"]), "compressed with xz"],
  ["app.7z", file([0, "7z\xbc\xaf\x27\x1c"]), "a 7-Zip archive"],
  ["app.zst", file([0, "\x28\xb5\x2f\xfd"]), "compressed with zstd"],
  ["skip.zst", file([0, "\x53\x2a\x4d\x18"]), "compressed with zstd"],
  ["app.bz2", file([0, "BZh91AY&SY"]), "compressed with bzip2"],
  ["app.rar", file([0, "Rar!\x1a\x07\x01"]), "a RAR archive"],
  ["app.lz4", file([0, "\x04\x22\x4d\x18"]), "compressed with lz4"],
  ["app.lzma", file([0, "\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff"]), "compressed with lzma"],
  ["app.Z", file([0, "\x1f\x9d"]), "compressed with compress"],
  ["app.tar", tar("app.bin", "ustar\x0000"), "a tar archive"],
  ["old.tar", tar("app.bin", ""), "a tar archive"],
  ["app.swu", file([0, "070702"]), "a cpio archive"],
  ["app.deb", file([0, "!<arch>\n"]), "an ar archive or a Debian package"],
  ["app.raucb", file([0, "hsqs"]), "a squashfs file system, as RAUC bundles are"],
  ["root.ext4", file([1080, "\x53\xef"]), "an ext2, ext3 or ext4 file system"],
  ["stick.img", file([54, "FAT16"], [510, "\x55\xaa"]), "a FAT file system"],
  ["cd.iso", file([0x8001, "CD001"]), "an ISO 9660 image"],
  ["disk.img", file([512, "EFI PART"]), "an image of a disk with partitions (GPT)"],
  ["app.jffs2", file([0, "\x85\x19\x03\x20"]), "a JFFS2 file system"],
  ["app.ubi", file([0, "UBI#"]), "a UBI image"],
  ["uImage", file([0, "\x27\x05\x19\x56"]), "a U-Boot image (uImage)"],
  ["board.dtb", file([0, "\xd0\x0d\xfe\xed"]), "a device tree or a FIT image"],
  ["boot.img", file([0, "ANDROID!"]), "an Android boot image"],
  ["sparse.img", file([0, "\x3a\xff\x26\xed"]), "an Android sparse image"],
  ["fsbl.stm32", file([0, "STM2"]), "an image for STM32 microprocessors (STM32MP, STM32N6)"],
  ["app.sfb", file([0, "SFU1"]), "an encrypted image for ST's secure boot (SBSFU)"],
  ["esp.bin", file([0, "\xe9\x03\x02\x20\x04\x03\x08\x40"]), "an image for ESP32 or ESP8266"],
  ["a.out", file([0, "\xcf\xfa\xed\xfe"]), "a program for macOS"],
  ["A.class", file([0, "\xca\xfe\xba\xbe"]), "a Java class or a program for macOS"],
  ["app.exe", file([0, "MZ\x90\0"]), "a program for Windows or DOS"],
  ["app.wasm", file([0, "\0asm\x01"]), "a WebAssembly module"],
  ["app.db", file([0, "SQLite format 3\0"]), "an SQLite database"],
  ["manual.pdf", file([0, "%PDF-1.7\n\0"]), "a PDF document"],
  ["logo.png", file([0, "\x89PNG\r\n\x1a\n"]), "a PNG picture"],
  ["logo.jpg", file([0, "\xff\xd8\xff\xe0"]), "a JPEG picture"],
  ["le.hex", utf16(`\ufeff${HEX}`), "a text in UTF-16"],
  ["be.hex", swapped(utf16(`\ufeff${HEX}`)), "a text in UTF-16"],
  ["bare.hex", utf16(HEX), "a text in UTF-16"],
  ["be.s19", swapped(utf16(writeSrec(imageOf([0, VECTORS])))), "a text in UTF-16"],
  [
    "wide.hex",
    new Uint8Array(Buffer.from(HEX.split("").flatMap((c) => [c.charCodeAt(0), 0, 0, 0]))),
    "a text in UTF-32",
  ],
];

describe("a file that is not firmware", () => {
  it.each(FOREIGN)(
    "is refused by what it holds, also when it is called a raw binary: %s",
    (_, bytes, what) => {
      for (const options of [{}, { format: "bin" }, { base: 0x0800_4000 }] as const) {
        const error = rejection(() => read(bytes, options));
        expect(error.code).toBe("IMAGE_INVALID");
        expect(error.message).toBe(`fw.bin, offset 0x00000000: the file is ${what}, not a firmware image`);
        expect(error.commandHint).not.toContain("--format");
      }
    },
  );

  const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
  it.each<[string, Uint8Array, string]>([
    [
      "a web page with letters of other languages",
      utf8("<!DOCTYPE html><p>Größe, размер, 大きさ"),
      "a web page (HTML)",
    ],
    ["JSON with umlauts", utf8('{"Gerät": "Schlüssel"}'), "a JSON text"],
    ["a text in Latin-1", ascii("Die Gr\xf6\xdfe der Datei ist nicht bekannt."), "a text"],
    ["Russian in UTF-8", utf8("Файл не найден на сервере"), "a text"],
    ["XML", utf8('<?xml version="1.0"?>'), "an XML text"],
    ["a key", utf8("-----BEGIN PUBLIC KEY-----\n"), "a key, a certificate or a signature (PEM)"],
    [
      "a Git LFS pointer",
      utf8("version https://git-lfs.github.com/spec/v1\n"),
      "a Git LFS pointer, not the file that it stands for",
    ],
    ["a script", utf8("#!/bin/sh\nmake\n"), "a script"],
    ["a log with colours", utf8("\x1b[31merror\x1b[0m: not found\n"), "a text"],
    ["plain text", utf8("404 Not Found"), "a text"],
    ["blanks", utf8("  \n\n"), "a text"],
  ])("is refused as a text, also when it is called a raw binary: %s", (_, bytes, what) => {
    for (const format of [undefined, "bin"] as const) {
      const error = rejection(() => read(bytes, { format }));
      expect(error.message).toBe(
        `fw.bin, offset 0x00000000: the file is ${what}, neither Intel HEX (lines that begin with ':') nor S-record ('S')`,
      );
      expect(error.commandHint).toMatch(/^Look into the file/);
    }
  });

  it("is refused with the lines to take away when records stand behind other text", () => {
    for (const text of [`HTTP/1.1 200 OK\r\n\r\n${HEX}`, `log\n${writeSrec(imageOf([0, VECTORS]))}`]) {
      const error = rejection(() => read(ascii(text)));
      expect(error.message).toMatch(/a text with Intel HEX or S-record lines further down$/);
      expect(error.commandHint).toMatch(/^Take away the lines in front of the first record/);
    }
  });

  it.each<[string, Uint8Array, string]>([
    ["Intel HEX", ascii(HEX), "Intel HEX"],
    ["a damaged Intel HEX", ascii(HEX.replace("B9", "B8")), "Intel HEX"],
    ["ELF", toyElf([{ physical: 0, bytes: VECTORS }]), "ELF"],
    ["UF2", toyUf2([{ address: 0, bytes: VECTORS }]), "UF2"],
    ["DfuSe", toyDfuse([{ elements: [{ address: 0, bytes: VECTORS }] }]), "DfuSe"],
  ])("is no raw binary because somebody says so: %s", (_, bytes, name) => {
    const error = rejection(() => read(bytes, { format: "bin" }));
    expect(error.message).toBe(`fw.bin, offset 0x00000000: the file is no raw binary: it begins as ${name}`);
    expect(error.commandHint).toBe("Leave --format away: the format is found by itself.");
  });

  it("is refused when it is empty", () => {
    expect(rejection(() => read(new Uint8Array(0))).message).toBe(
      "fw.bin, offset 0x00000000: the file is empty",
    );
  });

  it("is never told to be flashed as it is: no hint under a damaged HEX names --format", () => {
    const error = rejection(() => read(ascii(HEX.replace("B9", "B8")), { file: "app.hex" }));
    expect(error.message).toMatch(/^app.hex, line 2: the checksum/);
    expect(error.commandHint).not.toContain("--format");
  });
});

describe("a raw binary", () => {
  const DATA = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);

  it("is what begins with a vector table", () => {
    expect(plain(read(VECTORS))).toEqual([[0x0800_0000, [...VECTORS]]]);
  });

  it("is what the user calls so, or gives an address, and is no other known thing", () => {
    const error = rejection(() => read(DATA));
    expect(error.message).toBe(
      "fw.bin, offset 0x00000000: the file does not begin with a vector table (a stack pointer in RAM, a reset vector in flash) and is nothing else that is known",
    );
    expect(error.commandHint).toBe("If these very bytes are meant for the flash, say so with --format bin.");
    expect(read(DATA, { format: "bin" }).start).toBe(0x0800_0000);
    expect(read(DATA, { base: 0x0800_f000 }).start).toBe(0x0800_f000);
  });

  it.each([0x00, 0xff])("is not taken for firmware when it is blank: %d", (byte) => {
    const error = rejection(() => read(new Uint8Array(64).fill(byte)));
    expect(error.message).toBe(
      `fw.bin, offset 0x00000000: the file is blank: all its bytes are 0x${byte === 0 ? "00" : "FF"}`,
    );
  });

  it("may be a pattern of printable bytes, which no text is without a blank in 256 of them", () => {
    const pattern = ascii("x".repeat(3000));
    expect(read(pattern, { format: "bin" }).byteLength).toBe(3000);
    expect(rejection(() => read(pattern)).commandHint).toBe(
      "If these very bytes are meant for the flash, say so with --format bin.",
    );
    const text = ascii("a line of a log ".repeat(200));
    expect(rejection(() => read(text, { format: "bin" })).message).toContain("the file is a text");
    const json = ascii(`{"error":"${"x".repeat(3000)}"}`);
    expect(rejection(() => read(json, { format: "bin" })).message).toContain("the file is a JSON text");
  });

  it("may begin with ':' or 'S' and a digit", () => {
    for (const start of [":", "S1", ":\x10\x00", "S3\xff"]) {
      const bytes = ascii(`${start}\x01\x80\x02\x90\x03\xff\x00`);
      expect(plain(read(bytes, { base: 0x0800_8000 }))).toEqual([[0x0800_8000, [...bytes]]]);
      expect(read(bytes, { format: "bin" }).byteLength).toBe(bytes.length);
    }
  });

  it.each([
    ["app.hex", "Intel HEX"],
    ["app.IHX", "Intel HEX"],
    ["app.s37", "S-record"],
    ["app.axf", "ELF"],
    ["app.uf2", "UF2"],
    ["app.sfb", "an encrypted file"],
    ["app.bin.gpg", "an encrypted file"],
    ["app.tar", "an archive"],
    ["app.txt", "a text"],
  ])("is refused under a name that says something else: %s", (name, what) => {
    const error = rejection(() => read(VECTORS, { file: name }));
    expect(error.message).toBe(
      `${name}, offset 0x00000000: the file is named as ${what}, but its content is not that`,
    );
    expect(read(VECTORS, { file: name, format: "bin" }).byteLength).toBe(8);
  });

  it("is refused when it is an MCUboot image and no slot is named", () => {
    const image = file([0, "\x3d\xb8\xf3\x96"], [20, "\x01\x02\x03\0\x04\0\0\0"]);
    const error = rejection(() => read(image));
    expect(error.message).toContain("an MCUboot image, version 1.2.3+4, which does not start by itself");
    expect(error.commandHint).toBe("Give the address of its slot with --base.");
    expect(read(image, { base: 0x0800_c000 }).start).toBe(0x0800_c000);
  });

  it("is taken when it begins with the vector table of any chip, whatever follows", () => {
    const stack = fc.integer({ min: 0x2000_0400 / 4, max: 0x200a_0000 / 4 }).map((word) => word * 4);
    const reset = fc.integer({ min: 0x0800_0100 / 2, max: 0x0820_0000 / 2 }).map((half) => half * 2 + 1);
    fc.assert(
      fc.property(stack, reset, fc.uint8Array({ maxLength: 600 }), (pointer, vector, rest) => {
        const bytes = new Uint8Array(8 + rest.length);
        new DataView(bytes.buffer).setUint32(0, pointer, true);
        new DataView(bytes.buffer).setUint32(4, vector, true);
        bytes.set(rest, 8);
        expect(read(bytes).byteLength).toBe(bytes.length);
      }),
    );
  });

  it("is refused by no accident of its bytes but what is told", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        try {
          expect(read(bytes, { format: "bin" }).byteLength).toBe(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(BootlaceError);
          expect((error as BootlaceError).message).toMatch(/the file is /);
        }
      }),
    );
  });
});
