/**
 * What a file is, by its content. A raw binary has no mark of its own: it is what begins with a vector table, or what
 * the user calls so and is no other known thing.
 */

import { dfuSuffixOf } from "./dfu-suffix.js";
import { foreignOf, has } from "./foreign.js";
import type { ImageFormat } from "./image.js";
import { isPattern, isText, textKind, wideText } from "./text-kind.js";

/** Why a file is not taken, and what to do instead. */
export interface Objection {
  readonly what: string;
  readonly hint?: string;
}

/** Characters that are enough to see how the first line begins, behind a few lines of comment. */
const START_CHARACTERS = 16_384;

/** The format of a file that says by itself which it is, and where its bytes go. */
export function addressedFormat(bytes: Uint8Array): Exclude<ImageFormat, "bin"> | undefined {
  if (has(bytes, 0, "\x7fELF")) return "elf";
  if (has(bytes, 0, "UF2\n")) return "uf2";
  if (has(bytes, 0, "DfuSe")) return "dfuse";
  const start = firstRecord(bytes);
  // Eight digits are no accident, even where the rest of the file is damaged.
  if (/^:[0-9a-f]{8}/i.test(start)) return "hex";
  if (/^S[0-9][0-9a-f]{6}/i.test(start)) return "srec";
  if (!isText(bytes)) return undefined;
  return start.startsWith(":") ? "hex" : /^S[0-9]/.test(start) ? "srec" : undefined;
}

/** What stands behind a byte order mark, blanks and lines of comment. */
function firstRecord(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes.subarray(0, START_CHARACTERS));
  return text.replace(/^\xef\xbb\xbf/, "").replace(/^(?:[ \t\r\n]+|(?:[;#]|\/\/)[^\r\n]*)*/, "");
}

const LOOK =
  "Look into the file: a failed download, a log or a page that was saved instead of the file begins like that.";

/** Why the bytes are no raw binary, whatever the user calls them. */
export function objectionToRaw(bytes: Uint8Array): Objection | undefined {
  if (bytes.length === 0) return { what: "the file is empty" };
  const format = addressedFormat(bytes);
  if (format !== undefined)
    return {
      what: `the file is no raw binary: it begins as ${FORMAT_ARTICLES[format]}`,
      hint: "Leave --format away: the format is found by itself.",
    };
  const wide = wideText(bytes);
  if (wide !== undefined)
    return {
      what: `the file is ${wide}, not a firmware image`,
      hint: "If it is Intel HEX or S-record, save it as ASCII or UTF-8: in PowerShell with Out-File -Encoding ascii.",
    };
  const foreign = foreignOf(bytes);
  if (foreign !== undefined)
    return {
      what: `the file is ${foreign.what}, not a firmware image`,
      hint:
        foreign.kind === "archive"
          ? "Unpack it and give the firmware file that is inside."
          : "Check that this is the right file.",
    };
  const kind = textKind(bytes);
  return isText(bytes) && !(kind === "a text" && isPattern(bytes)) ? textObjection(bytes) : undefined;
}

function textObjection(bytes: Uint8Array): Objection {
  const kind = textKind(bytes);
  const record = /^[ \t]*(?::[0-9a-f]{10}|S[0-9][0-9a-f]{8})/im;
  if (record.test(String.fromCharCode(...bytes.subarray(0, START_CHARACTERS))))
    return {
      what: `the file is ${kind} with Intel HEX or S-record lines further down`,
      hint: "Take away the lines in front of the first record, or have the file made again.",
    };
  const what = `the file is ${kind}, neither Intel HEX (lines that begin with ':') nor S-record ('S')`;
  return { what, hint: LOOK };
}

const FORMAT_ARTICLES = {
  hex: "Intel HEX",
  srec: "S-record",
  elf: "ELF",
  uf2: "UF2",
  dfuse: "DfuSe",
} as const satisfies Record<Exclude<ImageFormat, "bin">, string>;

/** What only the name tells, where the content could be anything. */
const NAMES: readonly (readonly [extension: RegExp, what: string])[] = [
  [/\.(hex|ihex|ihx|h86|a43|mcs)$/i, "Intel HEX"],
  [/\.(srec|s19|s28|s37|mot|mhx|sx)$/i, "S-record"],
  [/\.(elf|axf|out)$/i, "ELF"],
  [/\.uf2$/i, "UF2"],
  [/\.(sfb|sfu|enc|gpg|pgp|p7m|age)$/i, "an encrypted file"],
  [/\.(zip|gz|tgz|xz|txz|zst|bz2|lz4|7z|rar|tar|cpio|swu|raucb|mender|deb|rpm|iso|squashfs)$/i, "an archive"],
  [/\.(txt|log|md|html?|json|xml|csv|ya?ml|ld|map|lst|c|h|s|asm)$/i, "a text"],
];

/** @param bytes without a DFU suffix; `suffixed`: there was one */
export function objectionToName(
  bytes: Uint8Array,
  { file, suffixed }: { readonly file: string; readonly suffixed: boolean },
): Objection | undefined {
  const what = NAMES.find(([extension]) => extension.test(file))?.[1];
  if (what !== undefined)
    return { what: `the file is named as ${what}, but its content is not that`, hint: ASK_FOR_RAW };
  if (/\.dfu$/i.test(file) && !suffixed)
    return {
      what: "the file is named .dfu, but does not end in a DFU suffix: it was cut short",
      hint: ASK_FOR_RAW,
    };
  const cut = dfuSuffixOf(bytes);
  return cut && !cut.intact
    ? {
        what: "the checksum in the DFU suffix is wrong: the file was altered",
        hint: "Download or build it again.",
      }
    : undefined;
}

const ASK_FOR_RAW = "If it is a raw binary all the same, say so with --format bin.";

/** Why bytes that nobody called a raw binary do not look like one. */
export function objectionToContent(bytes: Uint8Array): Objection | undefined {
  if (beginsWithVectorTable(bytes)) return undefined;
  const mcuboot = mcubootVersion(bytes);
  if (mcuboot !== undefined)
    return {
      what: `the file is an MCUboot image, version ${mcuboot}, which does not start by itself`,
      hint: "Give the address of its slot with --base.",
    };
  const [first] = bytes;
  const blank = (first === 0xff || first === 0) && bytes.every((byte) => byte === first);
  return {
    what: blank
      ? `the file is blank: all its bytes are 0x${first === 0 ? "00" : "FF"}`
      : "the file does not begin with a vector table (a stack pointer in RAM, a reset vector in flash) and is nothing else that is known",
    hint: "If these very bytes are meant for the flash, say so with --format bin.",
  };
}

/** Where Cortex-M parts of ST have RAM: SRAM and its aliases, CCM and SRAM2, AXI SRAM, D2 and D3 SRAM. */
const RAM = [
  [0x2000_0000, 0x2440_0000],
  [0x1000_0000, 0x1010_0000],
  [0x3000_0000, 0x3810_0000],
] as const;

/** Flash and its aliases: at 0, on ITCM, the secure view, WB0 and WL3. */
const CODE = [
  [0x0000_0008, 0x0040_0000],
  [0x0800_0000, 0x0a00_0000],
  [0x0c00_0000, 0x0e00_0000],
  [0x1004_0000, 0x1010_0000],
] as const;

/**
 * Armv6-M, Armv7-M and Armv8-M Architecture Reference Manuals, "The vector table": the first word is the initial stack
 * pointer, a multiple of 4 that may be the end of the RAM; the second the reset vector with bit 0 set for Thumb.
 */
export function beginsWithVectorTable(bytes: Uint8Array): boolean {
  if (bytes.length < 8) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const stack = view.getUint32(0, true);
  const reset = view.getUint32(4, true);
  const stackFits = stack % 4 === 0 && RAM.some(([start, end]) => stack > start && stack <= end);
  return stackFits && reset % 2 === 1 && CODE.some(([start, end]) => reset >= start && reset < end);
}

/** "1.2.3+4": MCUboot design, "Image format". */
function mcubootVersion(bytes: Uint8Array): string | undefined {
  if (bytes.length < 32 || !has(bytes, 0, "\x3d\xb8\xf3\x96")) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 32);
  const [major, minor] = [view.getUint8(20), view.getUint8(21)];
  return `${major}.${minor}.${view.getUint16(22, true)}+${view.getUint32(24, true)}`;
}
