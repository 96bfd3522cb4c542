/** Rows by product ID. A series is a file of its own and is loaded when one of its chips is asked for. */
import { checkArgument, whole } from "../arguments.js";
import { CATALOGUE } from "./catalogue.js";
import type { Device } from "./device.js";

interface Series {
  readonly rows: readonly Device[];
}

// Spelled out, because the bundler can only split what it can see.
const SERIES: Readonly<Record<string, () => Promise<Series>>> = {
  C0: () => import("./rows/c0.js"),
  C5: () => import("./rows/c5.js"),
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
  U0: () => import("./rows/u0.js"),
  U3: () => import("./rows/u3.js"),
  U5: () => import("./rows/u5.js"),
  WB: () => import("./rows/wb.js"),
  WB0: () => import("./rows/wb0.js"),
  WBA: () => import("./rows/wba.js"),
  WL: () => import("./rows/wl.js"),
};

const PRODUCT_ID = whole(0, 0xffff);

/** The row of a product ID as Get ID returns it; undefined for one that no row has. @throws BootlaceError USAGE for what is no such number */
export async function deviceByProductId(productId: number): Promise<Device | undefined> {
  checkArgument("productId", PRODUCT_ID, productId);
  const entry = CATALOGUE.find((candidate) => candidate.productId === productId);
  const series = entry && (await SERIES[entry.series]?.());
  return series?.rows.find((row) => row.productId === productId);
}

/** Every row, by ascending product ID. */
export async function allDevices(): Promise<readonly Device[]> {
  const series = await Promise.all(Object.values(SERIES).map((load) => load()));
  return series.flatMap(({ rows }) => rows).sort((a, b) => a.productId - b.productId);
}
