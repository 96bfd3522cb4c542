/** The files that the command lines name, written into one folder. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** No two pages alike, no erased words, bit 7 clear: what is written over something else shows. */
export const pattern = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8) * 13 + seed) & 0x7f);

function record(address: number, type: number, data: readonly number[]): string {
  const body = [data.length, (address >> 8) & 0xff, address & 0xff, type, ...data];
  const sum = -body.reduce((a, b) => a + b, 0) & 0xff;
  return `:${[...body, sum].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("")}\n`;
}

const FLASH = record(0, 4, [0x08, 0x00]);
const END = record(0, 1, []);
const data = (address: number, length: number, seed: number): string =>
  record(address, 0, [...pattern(length, seed)]);

const sixteenLines = Array.from({ length: 10 }, (_, i) => data(16 * i, 16, i)).join("");

/** S3 records, each with its own checksum: the complement of the sum. */
function srecord(address: number, bytes: Uint8Array): string {
  const body = [
    bytes.length + 5,
    address >>> 24,
    (address >> 16) & 0xff,
    (address >> 8) & 0xff,
    address & 0xff,
    ...bytes,
  ];
  const sum = ~body.reduce((a, b) => a + b, 0) & 0xff;
  return `S3${[...body, sum].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("")}\n`;
}

export const FILES = {
  /** Five pages of 1 KiB, the last one not full. */
  "5000.bin": pattern(5000, 1),
  /** No multiple of 4. */
  "101.bin": pattern(101, 3),
  "page.bin": pattern(1024, 9),
  "empty.bin": new Uint8Array(0),
  /** Larger than the flash of the chips used here. */
  "big.bin": pattern(40 * 1024, 11),
  "text.txt": Buffer.from("not a firmware, but a text of some length\n"),
  "plain.hex": FLASH + sixteenLines + END,
  "crlf.hex": (FLASH + sixteenLines + END).replaceAll("\n", "\r\n"),
  "odd.hex": FLASH + data(0, 13, 1) + END,
  "at-zero.hex": data(0, 16, 1) + END,
  "at-4k.hex": data(0x1000, 16, 1) + END,
  "ram.hex": record(0, 4, [0x20, 0x00]) + data(0x0900, 16, 1) + END,
  "mid-page.hex": FLASH + data(0x1010, 16, 1) + data(0x1040, 16, 2) + END,
  "gap.hex": FLASH + data(0, 16, 1) + data(0x2000, 16, 2) + END,
  "backwards.hex": FLASH + data(0x40, 16, 1) + data(0x10, 16, 2) + END,
  "bad-sum.hex": FLASH + data(0, 16, 1).replace(/..\n$/, "00\n") + END,
  "cut-short.hex": FLASH + data(0, 16, 1),
  "junk.hex": `${FLASH}${data(0, 16, 1)}hello\n${END}`,
  "no-data.hex": END,
  "far.hex": FLASH + data(0, 16, 1) + record(0, 4, [0x09, 0x00]) + data(0, 16, 2) + END,
  "firmware.s19":
    srecord(0x0800_0000, pattern(32, 4)) + srecord(0x0800_0020, pattern(32, 6)) + "S70500000000FA\n",
  /** Option bytes of an F0 or F1 with sectors 0 to 3 (4 KiB) write-protected; no readout protection. */
  "options-f0.bin": Uint8Array.from([
    0xaa, 0x55, 0xff, 0, 0xff, 0, 0xff, 0, 0xfe, 0x01, 0xff, 0, 0xff, 0, 0xff, 0,
  ]),
  /** More than there are option bytes. */
  "options-long.bin": pattern(101, 3),
} as const satisfies Record<string, string | Uint8Array>;

export type FileName = keyof typeof FILES;

export function writeFiles(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
}
