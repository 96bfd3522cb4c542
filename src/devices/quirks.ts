/** What is odd about one chip's bootloader: what the host does otherwise, and what it only tells. */
import type { Device, Quirks } from "./device.js";
import { NO_QUIRKS } from "./device.js";
import type { QuirkRow } from "./quirk-rows.js";
import { QUIRK_ROWS } from "./quirk-rows.js";

/**
 * The rows of a product ID and bootloader version put together, the more cautious value each time.
 * @param device undefined for a chip that no row describes
 * @param bootloaderId the ID byte read from the chip. Without it, or with one that the row does not list, every version's quirks hold.
 * @param productId only needed without a row
 */
export const quirksOf = (
  device: Device | undefined,
  bootloaderId?: number,
  productId = device?.productId,
): Quirks => rowsOf(device, bootloaderId, productId).reduce(add, NO_QUIRKS);

/** One sentence with its source for each limitation that `quirksOf`, asked the same, acts on, and for each that nobody can act on. */
export const limitationsOf = (
  device: Device | undefined,
  bootloaderId?: number,
  productId = device?.productId,
): readonly string[] => rowsOf(device, bootloaderId, productId).map(({ limitation }) => limitation);

function rowsOf(
  device: Device | undefined,
  bootloaderId: number | undefined,
  productId: number | undefined,
): readonly QuirkRow[] {
  const known = device?.bootloaders.some(({ id }) => id !== undefined && id === bootloaderId) === true;
  return QUIRK_ROWS.filter(
    (row) =>
      productId !== undefined &&
      row.productIds.includes(productId) &&
      (!known || !row.bootloaderIds || row.bootloaderIds.includes(bootloaderId!)),
  );
}

function add(quirks: Quirks, { quirks: more = {} }: QuirkRow): Quirks {
  const merged = Object.entries(more).map(([name, value]) => {
    const key = name as keyof Quirks;
    return [key, moreCautious(key, quirks[key], value)];
  });
  return { ...quirks, ...(Object.fromEntries(merged) as Partial<Quirks>) };
}

/** Limits for which less is more cautious; of all other numbers the larger one is. */
const LIMITS: readonly string[] = ["erasePagesPerCommand", "maxBaudRate"] satisfies (keyof Quirks)[];

function moreCautious(key: string, a: boolean | number, b: boolean | number): boolean | number {
  if (typeof a === "boolean" || typeof b === "boolean") return Boolean(a) || Boolean(b);
  return LIMITS.includes(key) ? Math.min(a, b) : Math.max(a, b);
}
