/** Tells a text from firmware, whatever its letters and encoding, and what kind of text it is. */

import { has } from "./foreign.js";

const SAMPLE_BYTES = 1024;
const TAB = 0x09;
const LF = 0x0a;
const FORM_FEED = 0x0c;
const CR = 0x0d;
const CTRL_Z = 0x1a;
const ESCAPE = 0x1b;
const SPACE = 0x20;
const DELETE = 0x7f;

/** A file whose first bytes are all white space is no text that anybody wrote. */
const BLANKS: ReadonlySet<number> = new Set([SPACE, TAB, LF, CR]);
const CONTROLS_IN_TEXT: ReadonlySet<number> = new Set([TAB, LF, FORM_FEED, CR, CTRL_Z, ESCAPE]);

/** "a text in UTF-16", or undefined for what is none of the wide encodings. */
export function wideText(bytes: Uint8Array): string | undefined {
  if (isWide(bytes, has(bytes, 0, "\xff\xfe\0\0") ? 4 : 0, [0, 4])) return "a text in UTF-32";
  if (isWide(bytes, has(bytes, 0, "\0\0\xfe\xff") ? 4 : 0, [3, 4])) return "a text in UTF-32";
  if (isWide(bytes, has(bytes, 0, "\xff\xfe") ? 2 : 0, [0, 2])) return "a text in UTF-16";
  if (isWide(bytes, has(bytes, 0, "\xfe\xff") ? 2 : 0, [1, 2])) return "a text in UTF-16";
  return undefined;
}

/** Nearly all characters are ASCII: one byte at `place` of `width`, the others zero. Eight characters are the least to judge by. */
function isWide(bytes: Uint8Array, from: number, [place, width]: readonly [number, number]): boolean {
  const sample = bytes.subarray(from, from + SAMPLE_BYTES);
  const characters = Math.floor(sample.length / width);
  let plain = 0;
  for (let index = 0; index < characters; index++) {
    const character = sample.subarray(index * width, (index + 1) * width);
    if (character.every((byte, at) => (at === place ? isPrintable(byte) : byte === 0))) plain++;
  }
  return characters >= 8 && plain >= characters * 0.9;
}

const isPrintable = (byte: number): boolean => (byte >= SPACE && byte < DELETE) || CONTROLS_IN_TEXT.has(byte);

/** ASCII, UTF-8 or another encoding that keeps ASCII: no control characters, and letters enough. */
export function isText(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  if (sample.length === 0 || sample.every((byte) => BLANKS.has(byte))) return sample.length > 0;
  let printable = 0;
  let controls = 0;
  for (const byte of sample) {
    if (isPrintable(byte)) printable++;
    else if (byte < SPACE || byte === DELETE) controls++;
  }
  // A few stray bytes make no firmware of a page of text.
  if (controls > sample.length * 0.02) return false;
  return printable >= sample.length * 0.85 || (controls === 0 && isUtf8(sample));
}

/** Printable, but without a blank or an end of line for longer than any word: a pattern that fills a memory, not a text. */
export function isPattern(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  return sample.length >= LONGEST_WORD && !sample.some((byte) => BLANKS.has(byte));
}

/** Of keys and digests in one line, which begin with a mark mostly. */
const LONGEST_WORD = 256;

/** Half a character at the end is the sample's fault. */
function isUtf8(sample: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}

const KINDS: readonly (readonly [start: RegExp, what: string])[] = [
  [/^<\?xml/i, "an XML text"],
  [/^<(!doctype|!--|h|body|script)/i, "a web page (HTML)"],
  [/^</, "a text with markup (XML, HTML)"],
  [/^[{[]/, "a JSON text"],
  [/^-----BEGIN /, "a key, a certificate or a signature (PEM)"],
  [/^version https:\/\/git-lfs/, "a Git LFS pointer, not the file that it stands for"],
  [/^untrusted comment:/, "a signature (minisign, signify)"],
  [/^#!/, "a script"],
  [/^@[0-9a-f]+\s/i, "a TI-TXT or Verilog hex text"],
];

/** Of a text: "a web page (HTML)", else "a text". */
export function textKind(bytes: Uint8Array): string {
  const start = String.fromCharCode(...bytes.subarray(0, 256))
    .replace(/^\xef\xbb\xbf/, "")
    .trimStart();
  return KINDS.find(([pattern]) => pattern.test(start))?.[1] ?? "a text";
}
