/** Where a firmware with gaps lies: one character a block, folded to the width of the terminal. */
import { hex } from "../errors.js";
import type { MemoryImage } from "../image/image.js";
import { bytesText } from "./text.js";

const ADDRESS_WIDTH = 12;
const MOST_CELLS = 64;
const MOST_ROWS = 4;
const LEAST_BLOCK = 256;
/** With less than this of its span filled a picture would be dots. */
const LEAST_FILLED = 1 / 32;

const LEGEND = { "#": "full", "+": "in part", ".": "gap" } as const;

/** Empty where it would tell nothing: a firmware in one piece, or pieces far apart. */
export function imagePicture(image: MemoryImage, columns: number): string {
  const { start, end, byteLength, segments } = image;
  if (segments.length < 2 || byteLength < (end - start) * LEAST_FILLED) return "";
  const width = Math.min(MOST_CELLS, Math.max(16, Math.floor((columns - 1 - ADDRESS_WIDTH) / 16) * 16));
  let block = LEAST_BLOCK;
  while ((end - start) / block > width * MOST_ROWS) block *= 2;
  const from = start - (start % block);
  const rows: string[] = [];
  for (let at = from; at < end; at += width * block) {
    const cells = Math.min(width, Math.ceil((end - at) / block));
    const row = Array.from({ length: cells }, (_, i) => cellOf(image, at + i * block, block));
    rows.push(`${hex(at)}  ${row.join("")}\n`);
  }
  const shown = Object.entries(LEGEND).filter(([cell]) =>
    rows.some((row) => row.slice(ADDRESS_WIDTH).includes(cell)),
  );
  const legend = shown.map(([cell, text]) => `${cell} ${text}`).join(", ");
  return `${rows.join("")}each character is ${bytesText(block)}: ${legend}\n`;
}

function cellOf({ segments }: MemoryImage, start: number, block: number): keyof typeof LEGEND {
  const filled = segments.reduce((sum, { address, bytes }) => {
    const [first, last] = [Math.max(address, start), Math.min(address + bytes.length, start + block)];
    return sum + Math.max(0, last - first);
  }, 0);
  if (filled === 0) return ".";
  return filled === block ? "#" : "+";
}
