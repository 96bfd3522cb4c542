/**
 * What of an ELF file is firmware: objcopy is the judge, on files that Debian's ld.lld and the GNU linker made
 * (packages lld, binutils-arm-none-eabi). For each linker, each layout.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BootlaceError } from "../../src/errors.js";
import type { MemoryImage } from "../../src/image/image.js";
import { parseImage } from "../../src/image/parse.js";

const folder = mkdtempSync(join(tmpdir(), "bootlace-elf-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const path = (name: string): string => join(folder, name);
const run = (tool: string, ...args: string[]): void => {
  execFileSync(tool, args, { stdio: ["ignore", "pipe", "pipe"] });
};
const load = (name: string): MemoryImage => parseImage(readFileSync(path(name)), { file: name });
const plain = ({ segments }: MemoryImage): [number, number[]][] =>
  segments.map(({ address, bytes }) => [address, [...bytes]]);

const SOURCE = `
  .syntax unified
  .cpu cortex-m3
  .thumb
  .section .vectors, "a"
  .word 0x20005000, _start + 1
  .section .text, "ax"
  .global _start
  .thumb_func
  _start: b _start
  .word 0x11111111
  .section .rodata, "a"
  .ascii "read only"
  .section .data, "aw"
  .word 0x22222222, 0x33333333
  .section .bss, "aw", %nobits
  .space 64
  .section .noinit, "aw", %nobits
  .space 32
  .section .late, "a"
  .ascii "behind the zeros"
  .section .note.mine, "a", %note
  .word 4, 4, 1, 0x656d, 0x44444444
  .section .comment, "", %progbits
  .ascii "not in memory"
`;

const FLASH_AND_RAM =
  "MEMORY { FLASH (rx) : ORIGIN = 0x08004000, LENGTH = 48K RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 20K }";

/** Linker scripts as projects have them. */
const SCRIPTS: readonly (readonly [name: string, script: string])[] = [
  [
    "initialised data loaded from flash",
    `${FLASH_AND_RAM} SECTIONS {
      .vectors : { *(.vectors) } > FLASH
      .text : { *(.text) *(.rodata) *(.late) *(.note.mine) } > FLASH
      .data : { *(.data) } > RAM AT> FLASH
      .bss : { *(.bss) *(.noinit) } > RAM }`,
  ],
  [
    "zeros in the middle of the flash's segment",
    `SECTIONS { . = 0x08004000; .text : { *(.vectors) *(.text) } .bss : { *(.bss) *(.noinit) }
      .late : { *(.late) } .rodata : { *(.rodata) *(.data) *(.note.mine) } }`,
  ],
  [
    "a gap between sections",
    `SECTIONS { .text 0x08004000 : { *(.vectors) *(.text) } .rodata 0x08004800 : { *(.rodata) *(.note.mine) }
      .late 0x08006000 : { *(.late) } .data 0x20000000 : AT(0x08007000) { *(.data) } .bss : { *(.bss) *(.noinit) } }`,
  ],
  [
    "headers in the first segment",
    `PHDRS { all PT_LOAD FILEHDR PHDRS; ram PT_LOAD; }
      SECTIONS { . = 0x08004000 + SIZEOF_HEADERS; .text : { *(.vectors) *(.text) *(.rodata) *(.late) *(.note.mine) } :all
      .data 0x20000000 : AT(0x08006000) { *(.data) } :ram .bss : { *(.bss) *(.noinit) } :ram }`,
  ],
  [
    "headers alone in a segment over a boot loader",
    `PHDRS { headers PT_LOAD FILEHDR PHDRS; all PT_LOAD; ram PT_LOAD; }
      SECTIONS { . = 0x08000000 + SIZEOF_HEADERS; . = 0x08004000;
      .text : { *(.vectors) *(.text) *(.rodata) *(.late) *(.note.mine) } :all
      .data 0x20000000 : AT(0x08006000) { *(.data) } :ram .bss : { *(.bss) *(.noinit) } :ram }`,
  ],
  [
    "data that runs where it is loaded",
    `SECTIONS { .text 0x08004000 : { *(.vectors) *(.text) *(.rodata) *(.late) *(.note.mine) }
      .data 0x20000000 : { *(.data) } .bss : { *(.bss) *(.noinit) } }`,
  ],
];

const LINKERS = [
  ["ld.lld", []],
  ["ld.lld", ["-z", "max-page-size=4"]],
  ["ld.lld", ["-n"]],
  ["arm-none-eabi-ld", []],
  ["arm-none-eabi-ld", ["-z", "max-page-size=0x10000"]],
  ["arm-none-eabi-ld", ["-n"]],
  ["arm-none-eabi-ld", ["-N"]],
] as const;

beforeAll(() => {
  writeFileSync(path("toy.s"), SOURCE);
  run("arm-none-eabi-as", path("toy.s"), "-o", path("toy.o"));
});

/** Both give the same bytes at the same addresses. */
function agree(name: string): MemoryImage {
  run("arm-none-eabi-objcopy", "-O", "ihex", path(name), path("judge.hex"));
  const image = load(name);
  expect(plain(image)).toEqual(plain(load("judge.hex")));
  return image;
}

describe.each(LINKERS)("%s %j", (linker, options) => {
  it.each(SCRIPTS)("%s: loads what objcopy takes", (_, script) => {
    writeFileSync(path("toy.ld"), script);
    run(linker, ...options, "-e", "_start", "-T", path("toy.ld"), path("toy.o"), "-o", path("toy.elf"));
    expect(agree("toy.elf").start).toBeGreaterThanOrEqual(0x0800_4000);
    run("arm-none-eabi-strip", "-s", path("toy.elf"), "-o", path("stripped.elf"));
    agree("stripped.elf"); // of its symbols; sections stay
  });

  it("without a script loads what objcopy takes, and never the ELF header", () => {
    const placed = ["-e", "_start", "-Ttext=0x08004000"];
    run(linker, ...options, ...placed, path("toy.o"), "-o", path("toy.elf"));
    const image = agree("toy.elf");
    for (const { bytes } of image.segments)
      expect([...bytes.subarray(0, 4)]).not.toEqual([0x7f, 0x45, 0x4c, 0x46]);
  });

  it("leaves nothing to guess in a file without sections: headers in a segment are refused", () => {
    writeFileSync(path("toy.ld"), SCRIPTS[4]![1]);
    run(linker, ...options, "-e", "_start", "-T", path("toy.ld"), path("toy.o"), "-o", path("toy.elf"));
    const bytes = readFileSync(path("toy.elf"));
    bytes.writeUInt32LE(0, 32);
    bytes.writeUInt16LE(0, 48);
    const parse = (elfSegments: boolean): MemoryImage =>
      parseImage(bytes, { file: "sstrip.elf", elfSegments });
    expect(() => parse(false)).toThrow(BootlaceError);
    expect(parse(true).start).toBeLessThan(0x0800_4000);
  });

  it("agrees on any order and distance of sections", { timeout: 120_000 }, () => {
    const place = fc.record({ gap: fc.nat(2000), alignment: fc.constantFrom(4, 8, 64), apart: fc.boolean() });
    fc.assert(
      fc.property(
        fc.shuffledSubarray([".rodata", ".late", ".data", ".bss", ".note.mine"], { minLength: 5 }),
        fc.array(place, { minLength: 5, maxLength: 5 }),
        (order, places) => {
          const parts = order.map((section, index) => {
            const { gap, alignment, apart } = places[index]!;
            const load = apart ? `AT(0x08010000 + ${index * 0x1000})` : "";
            return `. = ALIGN(. + ${gap}, ${alignment}); ${section === ".note.mine" ? ".mynote" : section} : ${load} { *(${section}) }`;
          });
          writeFileSync(
            path("any.ld"),
            `SECTIONS { . = 0x08004000; .text : { *(.vectors) *(.text) } ${parts.join("\n")} .noinit : { *(.noinit) } }`,
          );
          run(linker, ...options, "-e", "_start", "-T", path("any.ld"), path("toy.o"), "-o", path("any.elf"));
          agree("any.elf");
        },
      ),
      { numRuns: 8, seed: 11 },
    );
  });
});
