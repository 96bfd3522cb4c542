/** Lines of a key or signature file: text, with or without CR and a last line end. */

const COMMENT = "untrusted comment: ";
export const KEY_ID_BYTES = 8;

/** @returns undefined for what is no text */
export function linesOf(bytes: Uint8Array): string[] | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  } catch {
    return undefined;
  }
}

export const isComment = (line: string | undefined): boolean => line?.startsWith(COMMENT) === true;

/** As minisign shows it: the bytes are a little-endian number. It names a key and proves nothing. */
export const keyIdText = (bytes: Uint8Array): string =>
  Buffer.from(bytes).reverse().toString("hex").toUpperCase();
