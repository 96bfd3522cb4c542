/** The named fields of a chip's option bytes. A series is a file of its own and is loaded when one of its chips is asked for. */
import type { Device } from "../device.js";
import type { FieldRow, OptionField } from "./field.js";
import { MEANINGS } from "./meanings.js";

interface Series {
  readonly source: string;
  readonly rows: readonly FieldRow[];
}

// Spelled out, because the bundler can only split what it can see.
const SERIES: Readonly<Record<string, () => Promise<Series>>> = {
  C0: () => import("./rows/c0.js"),
  F0: () => import("./rows/f0.js"),
  F1: () => import("./rows/f1.js"),
  F2: () => import("./rows/f2.js"),
  F3: () => import("./rows/f3.js"),
  F4: () => import("./rows/f4.js"),
  F7: () => import("./rows/f7.js"),
  G0: () => import("./rows/g0.js"),
  G4: () => import("./rows/g4.js"),
  H5: () => import("./rows/h5.js"),
  H7: () => import("./rows/h7.js"),
  L0: () => import("./rows/l0.js"),
  L1: () => import("./rows/l1.js"),
  L4: () => import("./rows/l4.js"),
  L5: () => import("./rows/l5.js"),
  U5: () => import("./rows/u5.js"),
  WB: () => import("./rows/wb.js"),
  WL: () => import("./rows/wl.js"),
};

/** By ascending place; none where no source is at hand, or the place of the option bytes is not known. */
export async function optionFieldsOf({
  series,
  productId,
  optionBytes,
}: Device): Promise<readonly OptionField[]> {
  const found = optionBytes.length > 0 ? await SERIES[series]?.() : undefined;
  if (!found) return [];
  return found.rows
    .filter(([, , , , , productIds]) => productIds?.includes(productId) ?? true)
    .map(([name, word, bit, width, danger = "none"]) => {
      const { meaning, values } = MEANINGS.find(({ names }) => names.includes(name)) ?? {};
      return { name, word, bit, width, danger, meaning, values, source: found.source };
    });
}
