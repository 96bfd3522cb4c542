/** The flash of one chip as pages: the layout of a row, cut to the size that the chip reports. */
import { BootlaceError, hex } from "../errors.js";
import type { Device, DualBank, Flash, Geometry, Page, Sectors } from "./device.js";
import { KiB } from "./device.js";

/** Whether a member with this much flash is sold, or may be where the sizes are not known. @param kib from the size register */
export function plausibleFlashSize(device: Device, kib: number): boolean {
  const { sizesKiB, maxSize, sectors } = device.flash;
  if (sizesKiB.length > 0) return sizesKiB.includes(kib);
  return kib > 0 && kib * KiB <= maxSize && (kib * KiB) % sectors[0]!.size === 0;
}

/**
 * Pages of a chip with their numbers for Erase.
 * @param sizeBytes what the chip reports; without it the largest member. A size that no member has is cut to whole pages, or replaced
 *   by the largest when it is more than that or less than a page.
 * @param alternate key of another layout of the row, "single-bank"
 * @throws BootlaceError USAGE for a key that the row does not have
 */
export function geometryOf(device: Device, sizeBytes?: number, alternate?: string): Geometry {
  const { flash } = device;
  const layout = layoutOf(device, alternate);
  const size = sizeOf(device, sizeBytes);
  const open = firstIndexOpen(layout, size, flash);
  const pages = pagesOf(flash, layout, size, open?.[0]);
  const last = pages.at(-1)!;
  return {
    base: flash.base,
    size: pages.reduce((sum, page) => sum + page.size, 0),
    end: last.address + last.size,
    unit: flash.unit,
    pages,
    banks: last.bank,
    bank2FirstOpen: last.bank === 2 ? open : undefined,
    writeAlign: flash.writeAlign,
    erasedValue: flash.erasedValue,
    massErase: flash.massErase === true,
    warnings: layoutWarnings(device, size, { key: alternate, open: last.bank === 2 ? open : undefined }),
  };
}

/** Geometry of a chip that no row describes, from the user's options. @throws BootlaceError USAGE if the numbers cannot be */
export function customGeometry(options: {
  readonly flashBase: number;
  readonly flashSize: number;
  readonly pageSize: number;
  readonly writeAlign?: number | undefined;
  readonly erasedValue?: 0xff | 0x00 | undefined;
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

interface Chosen {
  readonly key: string | undefined;
  readonly open: readonly number[] | undefined;
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

const sizeOf = ({ flash }: Device, sizeBytes = flash.maxSize): number =>
  sizeBytes >= flash.sectors[0]!.size && sizeBytes <= flash.maxSize ? sizeBytes : flash.maxSize;

/** What the number of the first page of bank 2 may be; undefined where it is settled. */
function firstIndexOpen(
  { sectors, dualBank }: Layout,
  size: number,
  { maxSize, sizesKiB }: Flash,
): readonly number[] | undefined {
  const listed = dualBank?.firstIndexOpen?.[size / KiB];
  if (listed || !dualBank?.firstIndexOpen || size === maxSize || sizesKiB.includes(size / KiB)) return listed;
  const runsOn = cut(sectors, size / 2).reduce((sum, { count }) => sum + count, 0);
  return [...new Set([dualBank.bank2FirstIndex, runsOn])];
}

function pagesOf(
  flash: Flash,
  { sectors, dualBank }: Layout,
  size: number,
  bank2First: number | undefined,
): readonly Page[] {
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
    bank2First ?? (stays ? dualBank.bank2FirstIndex : bank1.length),
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

function layoutWarnings(device: Device, size: number, { key, open }: Chosen): readonly string[] {
  const chosen = device.flash.alternates.find((alternate) => alternate.key === key);
  if (chosen?.sizesKiB?.includes(size / KiB) === false)
    return [`The layout "${chosen.key}" is documented for ${chosen.sizesKiB.join(", ")} KiB members only.`];
  if (!open || open.length === 1) return [];
  return [
    `Which number the first page of bank 2 has is not documented for this size (${open.join(" or ")}): the chip is asked before anything else is erased.`,
  ];
}
