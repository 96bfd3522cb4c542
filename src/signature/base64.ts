/** Base64 as signatures have it. Node's own decoder skips what it does not know and takes the URL's alphabet. */

/** @returns undefined for anything but the one way in which these `length` bytes are written */
export function decodeBase64(text: string, length: number): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.length === length && bytes.toString("base64") === text ? new Uint8Array(bytes) : undefined;
}
