/** The flash as a picture: one character a page, or a block of pages where there are many, folded to the width of the terminal. */
import type { Page } from "../devices/device.js";
import { hex } from "../errors.js";
import type { PagePlanSummary } from "../flash/events.js";
import { plural } from "./text.js";

/** The strongest last: it stands for a block of pages. */
const FATES = {
  ".": "not touched",
  "=": "kept, holds the right bytes",
  e: "erased",
  w: "written, is blank",
  W: "erased and written",
  p: "erased and written, the rest put back",
} as const;
type Fate = keyof typeof FATES;

const ORDER = Object.keys(FATES) as Fate[];
const MOST_ROWS = 8;
const ADDRESS_WIDTH = 12;
/** Rows begin at round numbers of pages where there is room. */
const ROUND = 16;

/** @param flash all pages, in order. @param plan those that the image touches */
export function flashPicture(
  flash: readonly Page[],
  plan: readonly PagePlanSummary[],
  columns: number,
): string {
  const room = Math.max(ROUND, Math.floor((columns - ADDRESS_WIDTH) / ROUND) * ROUND);
  const perCell = Math.ceil(flash.length / (room * MOST_ROWS));
  const fates = new Map(plan.map((page) => [page.address, fateOf(page)]));
  const rows: string[] = [];
  for (let at = 0; at < flash.length; at += room * perCell) {
    const pages = flash.slice(at, at + room * perCell);
    rows.push(`${hex(pages[0]!.address)}  ${cellsOf(pages, perCell, fates)}`);
  }
  const shown = ORDER.filter((fate) => rows.some((row) => row.slice(ADDRESS_WIDTH).includes(fate)));
  const legend = shown.map((fate) => `  ${fate}  ${FATES[fate]}\n`).join("");
  const each = perCell === 1 ? `one ${unitOf(flash)}` : plural(perCell, unitOf(flash));
  return `${rows.join("\n")}\neach character is ${each}:\n${legend}`;
}

function cellsOf(pages: readonly Page[], perCell: number, fates: ReadonlyMap<number, Fate>): string {
  let cells = "";
  for (let at = 0; at < pages.length; at += perCell) {
    const block = pages
      .slice(at, at + perCell)
      .map(({ address }) => ORDER.indexOf(fates.get(address) ?? "."));
    cells += ORDER[Math.max(...block)]!;
  }
  return cells;
}

function fateOf({ action, partial }: PagePlanSummary): Fate {
  if (action === "keep") return "=";
  if (action === "erase") return "e";
  if (partial === "rest is read and put back") return "p";
  return action === "write" ? "w" : "W";
}

/** Sizes differ on parts with sectors. */
const unitOf = (flash: readonly Page[]): string =>
  new Set(flash.map(({ size }) => size)).size > 1 ? "sector" : "page";
