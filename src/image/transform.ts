/** Parts of an image, an image moved, several images as one. What was left out or moved is among the remarks. */

import { checkArgument, type Kind, listOf, RANGE, shape, TEXT, whole } from "../arguments.js";
import { BootlaceError, hex } from "../errors.js";
import { IMAGE, MemoryImage, type Place, type Segment } from "./image.js";
import { Overlay, type Conflict } from "./overlay.js";
import { outsideOf, rangesText, type AddressRange } from "./plausible.js";
import { placeText, rejected } from "./reject.js";

/** What lies in `ranges`, which may be nothing; nothing is said of the rest. */
export function cut(image: MemoryImage, ranges: readonly AddressRange[]): MemoryImage {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  const segments = sorted.flatMap(({ start, end }) => image.within(start, end));
  return new MemoryImage(segments, image.format, image.entry, image.notes);
}

const RANGES = listOf(RANGE);

/** What lies in `ranges`, which may be nothing; the rest is told. @throws BootlaceError USAGE for arguments of another type */
export function onlyWithin(image: MemoryImage, ranges: readonly AddressRange[]): MemoryImage {
  checkArgument("image", IMAGE, image);
  checkArgument("ranges", RANGES, ranges);
  const left = outsideOf(image, ranges);
  if (left.length === 0) return image;
  const bytes = left.reduce((sum, { start, end }) => sum + end - start, 0);
  const { segments, format, entry } = cut(image, ranges);
  return new MemoryImage(
    segments,
    format,
    entry,
    remarked(image, `left out: ${rangesText(left)} (${bytes} bytes)`),
  );
}

const OFFSET = whole(-0xffff_ffff, 0xffff_ffff);

/** @throws BootlaceError USAGE when a part would lie outside the 32-bit address space, and for arguments of another type */
export function movedBy(image: MemoryImage, offset: number): MemoryImage {
  checkArgument("image", IMAGE, image);
  checkArgument("offset", OFFSET, offset);
  if (offset === 0) return image;
  const [start, end] = [image.start + offset, image.end + offset];
  const text = `${offset < 0 ? "-" : ""}${hex(Math.abs(offset))}`;
  if (start < 0 || end > 0x1_0000_0000)
    throw new BootlaceError("USAGE", `an offset of ${text} moves the image out of the 32-bit address space`);
  const { placeOf } = image.notes;
  return new MemoryImage(
    image.segments.map(({ address, bytes }) => ({ address: address + offset, bytes })),
    image.format,
    image.entry === undefined ? undefined : image.entry + offset,
    {
      ...remarked(image, `moved by ${text}, to ${hex(start)}`),
      placeOf: placeOf && ((address) => placeOf(address - offset)),
    },
  );
}

const remarked = ({ notes }: MemoryImage, remark: string): MemoryImage["notes"] => ({
  ...notes,
  remarks: [...(notes.remarks ?? []), remark],
});

export interface NamedImage {
  readonly file: string;
  readonly image: MemoryImage;
}

const PARTS: Kind = listOf(shape("{ file, image }", { file: TEXT, image: IMAGE }), 1);

interface Piece extends Segment {
  readonly from: NamedImage;
}

/**
 * Several files for one chip. The entry is the first that a file names.
 * @throws BootlaceError IMAGE_INVALID when two give different bytes for one address; USAGE for what is no list of at least one part
 */
export function mergeImages(parts: readonly NamedImage[]): MemoryImage {
  checkArgument("parts", PARTS, parts);
  const [first] = parts;
  if (parts.length === 1) return first!.image;
  const pieces = parts
    .flatMap((from) => from.image.segments.map((segment): Piece => ({ ...segment, from })))
    .sort((a, b) => a.address - b.address);
  const total = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const overlay = new Overlay(total, (conflict) => refuseConflict(parts, conflict));
  for (const { address, bytes } of pieces) overlay.add(address, bytes);
  const formats = new Set(parts.map(({ image }) => image.format));
  const remarks = parts.flatMap(({ file, image }) =>
    (image.notes.remarks ?? []).map((remark) => `${file}: ${remark}`),
  );
  return new MemoryImage(
    overlay.finish(),
    formats.size === 1 ? first?.image.format : undefined,
    parts.find(({ image }) => image.entry !== undefined)?.image.entry,
    { placeOf: (address) => placeIn(parts, address), remarks: [...remarks, ...overlay.remarks] },
  );
}

function placeIn(parts: readonly NamedImage[], address: number): Place | undefined {
  for (const { file, image } of parts) {
    const place = image.notes.placeOf?.(address);
    if (place !== undefined) return { file, ...place };
  }
  return undefined;
}

function refuseConflict(parts: readonly NamedImage[], { address }: Conflict): never {
  const holders = parts.filter(({ image }) => image.within(address, address + 1).length > 0);
  const values = holders.map(({ image }) => image.read(address, 1, 0)[0]!);
  const other = values.findIndex((value) => value !== values[0]);
  const [one, two] = [holders[0]!, holders[other]!];
  const name = ({ file, image }: NamedImage): string => placeText(file, image.notes.placeOf?.(address));
  const raw = [two, one].find(({ image }) => image.format === "bin");
  throw rejected(
    two.file,
    two.image.notes.placeOf?.(address) ?? {},
    `gives ${hex(values[other]!, 2)} for ${hex(address)}, but ${name(one)} gave ${hex(values[0]!, 2)}`,
    {
      address,
      hint: raw
        ? `Say where the raw binary goes: ${raw.file}@0x08004000, for example.`
        : "Leave one of the files out; `bootlace image info` shows the ranges of each.",
    },
  );
}
