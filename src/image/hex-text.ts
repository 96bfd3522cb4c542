/** Numbers and bytes as hexadecimal digits, for the writers of text formats. */

const BYTE_TEXT: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).toUpperCase().padStart(2, "0"),
);

/** Text of a record's bytes, and their sum for its checksum. */
export interface Digits {
  readonly text: string;
  readonly sum: number;
}

export function digits(bytes: Iterable<number>): Digits {
  let text = "";
  let sum = 0;
  for (const byte of bytes) {
    text += BYTE_TEXT[byte]!;
    sum += byte;
  }
  return { text, sum };
}

export const byteText = (byte: number): string => BYTE_TEXT[byte & 0xff]!;

/** The lowest `count` bytes of a number, highest first. */
export function bigEndian(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor(value / 256 ** (count - 1 - index)) & 0xff);
}

/** Joins lines into chunks worth a system call each. */
export function* inChunks(lines: Iterable<string>, chunkChars = 65_536): Generator<string> {
  let chunk = "";
  for (const line of lines) {
    chunk += line;
    if (chunk.length < chunkChars) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}
