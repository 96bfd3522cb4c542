/** The plan as a table for --dry-run: runs of neighbouring pages with the same fate are one line. */
import type { PagePlanSummary, PlanSummary } from "../flash/events.js";
import { hex } from "../errors.js";
import type { Page } from "../devices/device.js";
import { flashPicture } from "./flash-picture.js";
import { planText } from "./plan-text.js";
import { bytesText, table } from "./text.js";

interface Run {
  readonly first: PagePlanSummary;
  readonly last: PagePlanSummary;
  readonly bytes: number;
}

/** @param flash all pages of the chip */
export function planTable(plan: PlanSummary, flash: readonly Page[], columns: number): string {
  const rows = runsOf(plan.pages).map(({ first, last, bytes }) => [
    first.index === last.index ? `${first.index}` : `${first.index}-${last.index}`,
    hex(first.address),
    bytesText(bytes),
    first.action,
    first.partial ?? "",
  ]);
  const head = ["page", "address", "size", "action", "outside the image"];
  const summary = plan.eepromBytes ? `${planText(plan)}\n` : ""; // the table has no row for data EEPROM
  if (rows.length === 0) return summary;
  return `${flashPicture(flash, plan.pages, columns)}\n${table([head, ...rows])}${summary}`;
}

function runsOf(pages: readonly PagePlanSummary[]): Run[] {
  const runs: Run[] = [];
  for (const page of pages) {
    const run = runs.at(-1);
    const joins =
      run !== undefined &&
      run.first.action === page.action &&
      run.first.partial === page.partial &&
      run.last.index + 1 === page.index &&
      run.last.address + run.last.size === page.address;
    if (joins) runs[runs.length - 1] = { ...run, last: page, bytes: run.bytes + page.size };
    else runs.push({ first: page, last: page, bytes: page.size });
  }
  return runs;
}
