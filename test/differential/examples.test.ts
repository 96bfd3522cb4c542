/** The firmware in examples/ is what its source says, and what bootlace wants to see in a firmware. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { looksLikeFirmware } from "../../src/image/plausible.js";
import { parseImage } from "../../src/image/parse.js";
import type { MemoryImage } from "../../src/image/image.js";

const EXAMPLE = new URL("../../examples/blink-g071/", import.meta.url).pathname;
const FLASH = { start: 0x0800_0000, end: 0x0802_0000 };
const SOUNDS = 0x0801_0000;

const folder = mkdtempSync(join(tmpdir(), "bootlace-example-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const load = (file: string): MemoryImage => parseImage(readFileSync(file), { file });
const bytesOf = (image: MemoryImage): [number, string][] =>
  image.segments.map(({ address, bytes }) => [address, Buffer.from(bytes).toString("base64")]);

/** CRC-32 of zlib, bit by bit: not the firmware's table. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return ~crc >>> 0;
}

describe("blink-g071", () => {
  const image = load(join(EXAMPLE, "blink-g071.hex"));

  it("has two regions with a gap between, 24 to 40 KiB in all", () => {
    expect(image.segments.map(({ address }) => address)).toEqual([FLASH.start, SOUNDS]);
    expect(image.byteLength).toBeGreaterThan(24 << 10);
    expect(image.byteLength).toBeLessThan(40 << 10);
  });

  it("looks like firmware for an STM32G071", () => {
    const ram = [{ start: 0x2000_0000, end: 0x2000_9000 }];
    expect(looksLikeFirmware(image, { ram, flash: FLASH, vectorAddress: FLASH.start })).toEqual([]);
    expect([...image.read(FLASH.start, 4, 0)]).toEqual([0x00, 0x90, 0x00, 0x20]);
  });

  it("is the same in both of its files", () => {
    expect(bytesOf(load(join(EXAMPLE, "blink-g071.elf")))).toEqual(bytesOf(image));
  });

  it("carries sounds whose CRC-32 is right", () => {
    const bank = Buffer.from(image.read(SOUNDS, image.end - SOUNDS, 0));
    const [count, points] = [bank.readUInt16LE(4), bank.readUInt16LE(6)];
    expect(bank.subarray(0, 4).toString()).toBe("SND1");
    expect(bank.length).toBe(12 + 12 * count + 2 * count * points);
    expect(crc32(bank.subarray(12 + 12 * count))).toBe(bank.readUInt32LE(8));
  });
});

const asked = spawnSync("arm-none-eabi-gcc", ["-dumpfullversion"], { encoding: "utf8" });
/** The body of a skipped `describe` runs all the same: nothing in it may need the compiler. */
const compiler = asked.error ? undefined : asked.stdout.trim();

describe.skipIf(compiler === undefined)(
  "blink-g071, compiled again (apt install gcc-arm-none-eabi make)",
  () => {
    const run = (tool: string, ...args: string[]): string => execFileSync(tool, args, { encoding: "utf8" });
    const makefile = readFileSync(join(EXAMPLE, "Makefile"), "utf8");
    const builtWith = /^BUILT_WITH := (.+)$/m.exec(makefile)![1];

    const rebuilt = (): string => {
      run("make", "--silent", "-C", EXAMPLE, `OUT=${folder}`);
      return join(folder, "blink-g071.hex");
    };

    it(
      compiler === builtWith
        ? "gives the same files, byte for byte"
        : `gives the same sounds and stack (gcc ${compiler} here; code compares with ${builtWith} only)`,
      () => {
        const again = load(rebuilt());
        const committed = load(join(EXAMPLE, "blink-g071.hex"));
        const fixed = (image: MemoryImage): string =>
          Buffer.concat([image.read(FLASH.start, 4, 0), image.read(SOUNDS, 0x1_0000, 0xff)]).toString(
            "base64",
          );
        expect(fixed(again)).toBe(fixed(committed));
        if (compiler !== builtWith) return;
        for (const name of ["blink-g071.hex", "blink-g071.elf"])
          expect(readFileSync(join(folder, name)).equals(readFileSync(join(EXAMPLE, name))), name).toBe(true);
      },
    );
  },
);
