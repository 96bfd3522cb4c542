/** Bytes to a file's content: raw, Intel HEX or S-record. */
import { extname } from "node:path";
import type { MemoryImage } from "../image/image.js";

export const OUTPUT_FORMATS = ["bin", "hex", "srec"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

const BY_EXTENSION: Readonly<Record<string, OutputFormat>> = {
  ".hex": "hex",
  ".ihex": "hex",
  ".ihx": "hex",
  ".srec": "srec",
  ".s19": "srec",
  ".s28": "srec",
  ".s37": "srec",
  ".mot": "srec",
};

/** Raw bytes when the name says nothing else. */
export const formatOfName = (name: string): OutputFormat =>
  BY_EXTENSION[extname(name).toLowerCase()] ?? "bin";

/** @param fill what a raw binary has in gaps */
export async function encodeImage(
  image: MemoryImage,
  format: OutputFormat,
  fill = 0xff,
): Promise<Uint8Array | string> {
  if (format === "hex") return (await import("../image/write-hex.js")).writeHex(image);
  if (format === "srec") return (await import("../image/write-srec.js")).writeSrec(image);
  return (await import("../image/write-bin.js")).writeBin(image, { fill });
}
