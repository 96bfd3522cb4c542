/** The flash of one chip as pages: the layout of a row, cut to the size that the chip reports. */
import { BootlaceError, hex } from "../errors.js";
import type { Alternate, Device, DualBank, Flash, Geometry, Page, Sectors } from "./device.js";
import { KiB } from "./device.js";

/** Whether a member with this much flash is sold, or may be where the sizes are not known. @param kib from the size register */
export function plausibleFlashSize(device: Device, kib: number): boolean {
  const { sizesKiB, maxSize, sectors } = device.flash;
  if (sizesKiB.length > 0) return sizesKiB.includes(kib);
  return kib > 0 && kib * KiB <= maxSize && (kib * KiB) % sectors[0]!.size === 0;
}

/**
 * Pages of a chip with their numbers for Erase.
 * @param sizeBytes what the chip reports; without it the largest member. A size that no member has gives a warning: it is cut to whole
 *   pages, or replaced by the largest when it is more than that or nothing.
 * @param alternate key of another layout of the row, "single-bank"
 * @throws BootlaceError USAGE for a key that the row does not have
 */
export function geometryOf(device: Device, sizeBytes?: number, alternate?: string): Geometry {
  const { flash } = device;
  const layout = layoutOf(device, alternate);
  const { size, warnings } = sizeOf(device, sizeBytes);
  const pages = pagesOf(flash, layout, size);
  const last = pages.at(-1)!;
  return {
    base: flash.base,
    size: pages.reduce((sum, page) => sum + page.size, 0),
    end: last.address + last.size,
    unit: flash.unit,
    pages,
    banks: last.bank,
    writeAlign: flash.writeAlign,
    erasedValue: flash.erasedValue,
    massErase: flash.massErase === true,
    warnings: [...warnings, ...layoutWarnings(device, size, last.bank, alternate)],
  };
}

/** Geometry of a chip that no row describes, from the user's options. @throws BootlaceError USAGE if the numbers cannot be */
export function customGeometry(options: {
  readonly flashBase: number;
  readonly flashSize: number;
  readonly pageSize: number;
  readonly writeAlign?: number;
  readonly erasedValue?: 0xff | 0x00;
}): Geometry {
  const { flashBase, flashSize, pageSize } = options;
  for (const [name, value] of Object.entries({ "flash size": flashSize, "page size": pageSize }))
    if (!Number.isInteger(value) || value <= 0)
      throw new BootlaceError("USAGE", `The ${name} must be a positive number of bytes, not ${value}.`);
  if (flashSize % pageSize !== 0)
    throw new BootlaceError(
      "USAGE",
      `A flash of ${flashSize} bytes is not made of whole pages of ${pageSize} bytes.`,
    );
  if (!Number.isInteger(flashBase) || flashBase < 0 || flashBase % 4 !== 0 || flashBase + flashSize > 2 ** 32)
    throw new BootlaceError("USAGE", `Flash cannot start at ${hex(flashBase)}.`);
  return {
    base: flashBase,
    size: flashSize,
    end: flashBase + flashSize,
    unit: "page",
    pages: bankPages([{ count: flashSize / pageSize, size: pageSize }], flashBase, 0, 1),
    banks: 1,
    writeAlign: options.writeAlign ?? 32, // the widest flash word of any STM32, a multiple of all others
    erasedValue: options.erasedValue ?? 0xff,
    massErase: false, // by pages, which the user described
  };
}

/** Pages with at least one byte in start..end (`end` is the first address after). Ascending; empty for an empty range. */
export function pagesTouching(geometry: Geometry, start: number, end: number): readonly Page[] {
  if (end <= start) return [];
  const { pages } = geometry;
  const first = firstEndingAfter(pages, start);
  let after = firstEndingAfter(pages, end - 1);
  if (pages[after] && pages[after]!.address < end) after++;
  return pages.slice(first, after);
}

/** Index of the first page that ends after the address: binary search. */
function firstEndingAfter(pages: readonly Page[], address: number): number {
  let low = 0;
  let high = pages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const page = pages[middle]!;
    if (page.address + page.size > address) high = middle;
    else low = middle + 1;
  }
  return low;
}

interface Layout {
  readonly sectors: readonly Sectors[];
  readonly dualBank?: DualBank;
}

function layoutOf(device: Device, key: string | undefined): Layout {
  if (key === undefined) return device.flash;
  const found = device.flash.alternates.find((alternate) => alternate.key === key);
  if (found) return found;
  const keys = device.flash.alternates.map((alternate) => alternate.key);
  throw new BootlaceError(
    "USAGE",
    `${device.name} has no flash layout "${key}"; ${keys.length > 0 ? `it has ${keys.join(", ")}` : "it has one layout only"}.`,
  );
}

function sizeOf(
  device: Device,
  sizeBytes: number | undefined,
): { size: number; warnings: readonly string[] } {
  const { maxSize, sizesKiB, sectors } = device.flash;
  if (sizeBytes === undefined || plausibleFlashSize(device, sizeBytes / KiB))
    return { size: sizeBytes ?? maxSize, warnings: [] };
  const usable = sizeBytes >= sectors[0]!.size && sizeBytes <= maxSize;
  const known = sizesKiB.length > 0 ? `${sizesKiB.join(", ")} KiB` : `up to ${maxSize / KiB} KiB`;
  return {
    size: usable ? sizeBytes : maxSize,
    warnings: [
      `No ${device.name} has ${sizeBytes / KiB} KiB of flash (known: ${known}); ` +
        (usable ? "taken as given, cut to whole pages." : "the largest member is assumed."),
    ],
  };
}

function pagesOf(flash: Flash, { sectors, dualBank }: Layout, size: number): readonly Page[] {
  if (!dualBank || isSingleBank(flash, dualBank, size))
    return bankPages(cut(sectors, size), flash.base, 0, 1);
  const [first, second] = splitBanks(sectors, dualBank.bankSize);
  const firstSize = dualBank.smaller === "shorter" ? Math.min(size, dualBank.bankSize) : size / 2;
  const bank1 = bankPages(cut(first, firstSize), flash.base, 0, 1);
  const gap = dualBank.smaller === "gap";
  const stays = gap || dualBank.numbersStay === true;
  const bank2 = bankPages(
    cut(second, size - firstSize),
    flash.base + (gap ? dualBank.bankSize : bank1.reduce((sum, page) => sum + page.size, 0)),
    stays ? dualBank.bank2FirstIndex : bank1.length,
    2,
  );
  return [...bank1, ...bank2];
}

const isSingleBank = (flash: Flash, dualBank: DualBank, size: number): boolean =>
  (dualBank.smaller === "single" && size < flash.maxSize) ||
  dualBank.singleBankKiB?.includes(size / KiB) === true;

/** The whole pages in the first `size` bytes. */
function cut(sectors: readonly Sectors[], size: number): readonly Sectors[] {
  const result: Sectors[] = [];
  let left = size;
  for (const sector of sectors) {
    const count = Math.min(sector.count, Math.floor(left / sector.size));
    if (count > 0) result.push({ count, size: sector.size });
    if (count < sector.count) break;
    left -= count * sector.size;
  }
  return result;
}

function splitBanks(
  sectors: readonly Sectors[],
  bankSize: number,
): readonly [readonly Sectors[], readonly Sectors[]] {
  const first = cut(sectors, bankSize);
  const second: Sectors[] = [];
  sectors.forEach((sector, i) => {
    const count = sector.count - (first[i]?.count ?? 0);
    if (count > 0) second.push({ count, size: sector.size });
  });
  return [first, second];
}

function bankPages(
  sectors: readonly Sectors[],
  start: number,
  firstIndex: number,
  bank: 1 | 2,
): readonly Page[] {
  const pages: Page[] = [];
  let address = start;
  for (const { count, size } of sectors)
    for (let i = 0; i < count; i++, address += size)
      pages.push({ index: firstIndex + pages.length, address, size, bank });
  return pages;
}

function layoutWarnings(
  device: Device,
  size: number,
  banks: 1 | 2,
  key: string | undefined,
): readonly string[] {
  const { flash } = device;
  const applies = ({ sizesKiB }: Alternate): boolean => !sizesKiB || sizesKiB.includes(size / KiB);
  const chosen = flash.alternates.find((alternate) => alternate.key === key);
  if (chosen)
    return applies(chosen)
      ? []
      : [`The layout "${chosen.key}" is documented for ${chosen.sizesKiB!.join(", ")} KiB members only.`];
  if (banks === 1) return [];
  const rival = flash.alternates.find((alternate) => alternate.key === "bank2-from-256");
  if (rival && applies(rival))
    return [
      `Pages of bank 2 are numbered on from bank 1; the other reading of the documents is the layout "bank2-from-256".`,
    ];
  if (flash.unit === "page" && flash.dualBank?.smaller === "gap" && size < flash.maxSize)
    return [
      `Numbers of the pages in bank 2, from ${flash.dualBank.bank2FirstIndex}, are not documented for this size.`,
    ];
  return [];
}
