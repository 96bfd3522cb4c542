/** Finds the format of an image in its first bytes, never in its name. */

import type { ImageFormat } from "./image.js";

const SAMPLE_BYTES = 256;

const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;

/** Well-known files that people take for firmware, and what they are. */
const CONTAINERS: readonly { readonly magic: string; readonly what: string }[] = [
  { magic: "DfuSe", what: "a DfuSe file (.dfu), which wraps one or more images" },
  { magic: "PK\x03\x04", what: "a ZIP archive" },
  { magic: "\x1f\x8b", what: "compressed with gzip" },
];

/**
 * @returns undefined for a text that is neither Intel HEX nor S-record, and for archives: what is certainly not firmware
 *   is not taken for a raw binary
 *
 * A raw binary begins with the initial stack pointer, low byte first and a multiple of 4: neither ':' nor 'S'.
 */
export function detectFormat(bytes: Uint8Array): ImageFormat | undefined {
  const text = textStart(bytes);
  if (startsWith(bytes, "\x7fELF")) return "elf";
  if (startsWith(bytes, "UF2\n")) return "uf2";
  if (text.startsWith(":")) return "hex";
  if (/^S[0-9]/.test(text)) return "srec";
  if (bytes.length === 0 || isText(bytes) || containerName(bytes) !== undefined) return undefined;
  return "bin";
}

/** Why `detectFormat` gave no answer. */
export function whyUnknown(bytes: Uint8Array): string {
  if (bytes.length === 0) return "the file is empty";
  const container = containerName(bytes);
  if (container !== undefined) return `the file is ${container}, not a firmware image`;
  return "the file is a text, but neither Intel HEX (lines that begin with ':') nor S-record ('S')";
}

function containerName(bytes: Uint8Array): string | undefined {
  return CONTAINERS.find(({ magic }) => startsWith(bytes, magic))?.what;
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  for (let index = 0; index < magic.length; index++)
    if (bytes[index] !== magic.charCodeAt(index)) return false;
  return true;
}

/** The first two characters after a byte order mark and blanks. */
function textStart(bytes: Uint8Array): string {
  let at = startsWith(bytes, "\xef\xbb\xbf") ? 3 : 0;
  while (isBlank(bytes[at])) at++;
  return String.fromCharCode(...bytes.subarray(at, at + 2));
}

const isBlank = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === TAB || byte === LF || byte === CR;

function isText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, SAMPLE_BYTES).every((byte) => isBlank(byte) || (byte > 0x20 && byte < 0x7f));
}
