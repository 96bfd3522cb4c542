/** The quirks of one chip: rows of its product ID and bootloader version put together, the more cautious value each time. */
import type { Device, Quirks } from "./device.js";
import { NO_QUIRKS } from "./device.js";
import type { QuirkRow } from "./quirk-rows.js";
import { QUIRK_ROWS } from "./quirk-rows.js";

/** Where no document gives the time-out between frames: the shortest but that of F358 and F378. */
const CAUTIOUS_FRAME_GAP_MS = 500;

/**
 * @param device undefined for a chip that no row describes
 * @param bootloaderId the ID byte read from the chip. Without it, or with one that the row does not list, every version's quirks hold.
 * @param productId only needed without a row
 */
export function quirksOf(
  device: Device | undefined,
  bootloaderId?: number,
  productId = device?.productId,
): Quirks {
  const known = device?.bootloaders.some(({ id }) => id !== undefined && id === bootloaderId) === true;
  const rows = QUIRK_ROWS.filter(
    (row) =>
      productId !== undefined &&
      row.productIds.includes(productId) &&
      (!known || !row.bootloaderIds || row.bootloaderIds.includes(bootloaderId!)),
  );
  const start: Quirks = { ...NO_QUIRKS, frameGapMs: device?.i2cTimeoutMs ?? CAUTIOUS_FRAME_GAP_MS };
  return rows.reduce(add, start);
}

function add(quirks: Quirks, { quirks: more, source }: QuirkRow): Quirks {
  const merged = Object.entries(more).map(([name, value]) => {
    const key = name as keyof typeof more;
    return [key, moreCautious(key, quirks[key], value)];
  });
  return { ...quirks, ...(Object.fromEntries(merged) as typeof more), because: [...quirks.because, source] };
}

/** Limits for which less is more cautious; of all other numbers the larger one is. */
const LIMITS: readonly string[] = ["erasePagesPerCommand", "frameGapMs", "maxBaudRate", "shakyAboveBaudRate"];

function moreCautious(key: string, a: boolean | number | undefined, b: boolean | number): boolean | number {
  if (a === undefined) return b;
  if (typeof a === "boolean" || typeof b === "boolean") return Boolean(a) || Boolean(b);
  return LIMITS.includes(key) ? Math.min(a, b) : Math.max(a, b);
}
