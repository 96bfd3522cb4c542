/**
 * The image readers and writers against other people's: Debian's srec_cat (package srecord) and objcopy (binutils,
 * binutils-arm-none-eabi). Both directions, same bytes at the same addresses.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { MemoryImage } from "../../src/image/image.js";
import { parseImage } from "../../src/image/parse.js";
import { writeBin } from "../../src/image/write-bin.js";
import { hexRecord, writeHex } from "../../src/image/write-hex.js";
import { writeSrec } from "../../src/image/write-srec.js";
import { imageOf } from "../unit/image/support.js";

const missing = (tool: string): boolean => spawnSync(tool, ["--version"]).error !== undefined;
const NO_SREC_CAT = missing("srec_cat");
const NO_OBJCOPY = missing("objcopy");
const NO_ARM = missing("arm-none-eabi-objcopy") || missing("arm-none-eabi-ld") || missing("arm-none-eabi-as");

const folder = mkdtempSync(join(tmpdir(), "bootlace-oracle-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const path = (name: string): string => join(folder, name);
const save = (name: string, content: string | Uint8Array): string => {
  writeFileSync(path(name), content);
  return path(name);
};
const load = (file: string, base?: number): MemoryImage => parseImage(readFileSync(file), { file, base });
const run = (tool: string, ...args: string[]): void => {
  execFileSync(tool, args, { stdio: ["ignore", "pipe", "pipe"] });
};

/** Address, length and digest of each segment: equal only when the bytes are. */
const plain = (image: MemoryImage): [number, number, string][] =>
  image.segments.map(({ address, bytes }) => [
    address,
    bytes.length,
    createHash("sha256").update(bytes).digest("hex"),
  ]);

/** Bytes without a pattern, the same on each run. */
function noise(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

/** Images at the edges of what the formats can say: [name, image, bytes of S-record addresses that reach it]. */
const IMAGES: readonly [string, MemoryImage, 2 | 3 | 4][] = [
  ["a few bytes", imageOf([0x100, [1, 2, 3]]), 2],
  ["all of 64 KiB", imageOf([0, noise(0x1_0000, 1)]), 2],
  ["gaps below 64 KiB", imageOf([0, noise(5, 2)], [7, noise(1, 3)], [0xff00, noise(256, 4)]), 2],
  ["gaps below 1 MiB", imageOf([0xfff0, noise(1000, 5)], [0x8_0001, noise(0x1_2345, 6)]), 3],
  ["flash of a chip", imageOf([0x0800_0000, noise(40_000, 7)], [0x0801_fff0, noise(48, 8)]), 4],
  ["the ends of the address space", imageOf([0, noise(100, 9)], [0xffff_ff00, noise(200, 10)]), 4],
];

/** The text's lines in another order, the last `fixed` kept where they are. */
function shuffled(text: string, fixed: number): string {
  const all = text.trimEnd().split("\n");
  const end = all.splice(all.length - fixed);
  const keys = noise(all.length, 11);
  const order = all.map((_, index) => index).sort((a, b) => keys[a]! - keys[b]!);
  return [...order.map((index) => all[index]!), ...end, ""].join("\n");
}

describe.skipIf(NO_SREC_CAT)("srec_cat (apt install srecord)", () => {
  describe.each(IMAGES)("%s", (_, image, addressBytes) => {
    const widths = [2, 3, 4].filter((width) => width >= addressBytes);

    it("reads our Intel HEX and our S-record as the same bytes", () => {
      for (const [option, text] of [
        ["-Intel", writeHex(image)],
        ["-Motorola", writeSrec(image)],
      ] as const) {
        run("srec_cat", save("ours", text), option, "-o", path("out.hex"), "-Intel");
        run("srec_cat", path("ours"), option, "-o", path("out.srec"), "-Motorola");
        expect(plain(load(path("out.hex")))).toEqual(plain(image));
        expect(plain(load(path("out.srec")))).toEqual(plain(image));
      }
    });

    it.each(widths)("writes addresses of %d bytes that we read as the same bytes", (width) => {
      const ours = save("ours.hex", writeHex(image));
      const length = `-address-length=${width}`;
      run("srec_cat", ours, "-Intel", "-o", path("out.srec"), "-Motorola", length, "-line-length=70");
      expect(plain(load(path("out.srec")))).toEqual(plain(image));
      run("srec_cat", ours, "-Intel", "-o", path("out.hex"), "-Intel", length);
      expect(plain(load(path("out.hex")))).toEqual(plain(image));
    });

    it("sees the same bytes when our records are out of order", () => {
      const text = shuffled(writeSrec(image, { addressBytes: 4, bytesPerLine: 7 }), 2);
      const quiet = "-disable-sequence-warnings";
      run("srec_cat", quiet, save("mixed.srec", text), "-Motorola", "-o", path("out.hex"), "-Intel");
      expect(plain(load(path("out.hex")))).toEqual(plain(image));
      expect(plain(load(path("mixed.srec")))).toEqual(plain(image));
    });
  });

  it("writes segment records (type 02) that we read", () => {
    const image = imageOf([0x1_fff0, noise(0x1_0020, 12)]);
    const ours = save("ours.hex", writeHex(image));
    run("srec_cat", ours, "-Intel", "-o", path("i16.hex"), "-Intel", "-address-length=3");
    expect(readFileSync(path("i16.hex"), "latin1")).toMatch(/^:02000002/m);
    expect(plain(load(path("i16.hex")))).toEqual(plain(image));
  });

  it("agrees that a segment of type 02 wraps round inside its 64 KiB", () => {
    const records = [hexRecord(2, 0, [0x12, 0x00]), hexRecord(0, 0xfffe, [1, 2, 3, 4]), ":00000001FF", ""];
    const file = save("wrap.hex", records.join("\n"));
    run("srec_cat", "-disable-sequence-warnings", file, "-Intel", "-o", path("wrap.srec"), "-Motorola");
    expect(plain(load(path("wrap.srec")))).toEqual(plain(load(file)));
    expect(load(file).start).toBe(0x1_2000);
  });

  it("fills gaps as writeBin does", () => {
    const image = IMAGES[4]![1];
    const fill = ["-fill", "0xA5", "0x08000000", "0x08020020", "-offset", "-0x08000000"];
    run("srec_cat", save("ours.hex", writeHex(image)), "-Intel", ...fill, "-o", path("out.bin"), "-Binary");
    expect(readFileSync(path("out.bin")).equals(writeBin(image, { fill: 0xa5 }))).toBe(true);
  });
});

describe.skipIf(NO_OBJCOPY)("objcopy (apt install binutils)", () => {
  it.each(IMAGES)("reads and writes the same bytes: %s", (_, image) => {
    for (const [from, text] of [
      ["ihex", writeHex(image)],
      ["srec", writeSrec(image)],
    ] as const)
      for (const to of ["ihex", "srec"]) {
        run("objcopy", "-I", from, "-O", to, save("ours", text), path("theirs"));
        expect(plain(load(path("theirs")))).toEqual(plain(image));
      }
  });

  it("fills gaps as writeBin does", () => {
    const image = IMAGES[3]![1];
    const fill = "--gap-fill=0xff";
    run("objcopy", "-I", "ihex", "-O", "binary", fill, save("ours.hex", writeHex(image)), path("out.bin"));
    expect(readFileSync(path("out.bin")).equals(writeBin(image))).toBe(true);
  });

  it("agrees on the start address", () => {
    const text = ":020000040800F2\n:0100000001FE\n:0400000508000151" + "9D\n:00000001FF\n";
    run("objcopy", "-I", "ihex", "-O", "srec", save("start.hex", text), path("start.srec"));
    expect([load(path("start.hex")).entry, load(path("start.srec")).entry]).toEqual([
      0x0800_0151, 0x0800_0151,
    ]);
  });
});

describe.skipIf(NO_ARM)("the Arm linker and objcopy (apt install binutils-arm-none-eabi)", () => {
  const SOURCE = `
    .syntax unified
    .cpu cortex-m0plus
    .thumb
    .section .vectors, "a"
    .word 0x20009000, _start + 1
    .section .text, "ax"
    .global _start
    .thumb_func
    _start: b _start
    .section .data, "aw"
    .word 0x11223344
    .section .bss, "aw", %nobits
    .space 64
    .section .far, "a"
    .ascii "far away"
  `;
  const SCRIPT = `
    ENTRY(_start)
    SECTIONS {
      .text 0x08000000 : { *(.vectors) *(.text) . = ALIGN(4); }
      .data 0x20000000 : AT(LOADADDR(.text) + SIZEOF(.text)) { *(.data) }
      .bss : { *(.bss) }
      .far 0x08010000 : AT(0x08010000) { *(.far) }
    }
  `;

  it.each([
    ["pages of 64 KiB, which put the ELF header into the first segment", "0x10000"],
    ["pages of 4 bytes", "4"],
  ])("agree on what is loaded, with %s", (_, pageBytes) => {
    run("arm-none-eabi-as", save("toy.s", SOURCE), "-o", path("toy.o"));
    const page = `max-page-size=${pageBytes}`;
    run("arm-none-eabi-ld", "-z", page, "-T", save("toy.ld", SCRIPT), path("toy.o"), "-o", path("toy.elf"));
    run("arm-none-eabi-objcopy", "-O", "ihex", path("toy.elf"), path("toy.hex"));
    const elf = load(path("toy.elf"));
    expect(elf.start).toBe(0x0800_0000);
    expect(plain(elf)).toEqual(plain(load(path("toy.hex"))));
    expect(elf.entry).toBe(0x0800_0009);
  });

  it("refuse what is not linked", () => {
    run("arm-none-eabi-as", save("toy.s", SOURCE), "-o", path("toy.o"));
    expect(() => load(path("toy.o"))).toThrow(
      /not a linked program: ELF type 1 \(object file, before linking\)$/,
    );
  });
});
