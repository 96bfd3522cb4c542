/** Which pages to keep, erase and write. Pure: contents and what the chip holds in, the plan out; `--dry-run` prints it. */
import type { Geometry, Page } from "../../devices/device.js";
import type { Segment } from "../../image/image.js";
import type { Holding } from "../look/comparison.js";
import { isErased, type PageContent } from "../look/contents.js";
import type { PageAction, PagePlanSummary, PlanSummary } from "../events.js";

/** What becomes of the bytes of a page that the image does not define. */
export type Rest = "none" | "blank" | "kept" | "lost";

/** What was found out about a page. */
export interface Finding {
  readonly content: PageContent;
  readonly holding: Holding;
  /** Only where the page has gaps and is going to change. */
  readonly rest: Rest;
  /** The gaps' bytes, where `rest` is "kept". */
  readonly kept: readonly Segment[];
}

export interface PagePlan {
  readonly page: Page;
  readonly content: PageContent;
  readonly action: PageAction;
  readonly rest: Rest;
  readonly kept: readonly Segment[];
}

export interface Plan {
  /** Ascending by address. The first one is the entry page: erased first, written last. */
  readonly pages: readonly PagePlan[];
  readonly massErase: boolean;
  readonly summary: PlanSummary;
}

export interface PlanOptions {
  /** Nothing outside the image's pages has to stay: it is known to be blank, or there is nothing. */
  readonly restOfFlashBlank?: boolean;
}

/**
 * When any page changes, the first one changes too, even if it holds the right bytes: while it is blank the chip does not start
 * what is half written (the vector table is in it).
 */
export function makePlan(geometry: Geometry, findings: readonly Finding[], options: PlanOptions = {}): Plan {
  const changes = findings.some(({ holding }) => holding !== "same");
  const pages = findings.map((finding, index) => planPage(geometry, finding, changes && index === 0));
  const massErase = worthMassErase(geometry, pages, options.restOfFlashBlank ?? false);
  return { pages, massErase, summary: summarise(pages, massErase) };
}

function planPage({ erasedValue }: Geometry, finding: Finding, entry: boolean): PagePlan {
  const { content, holding, rest, kept } = finding;
  const { page } = content;
  if (holding === "same" && !entry) return { page, content, action: "keep", rest, kept };
  const needsWrite = !isErased([...content.parts, ...kept], erasedValue);
  const isBlank = holding === "blank" && (rest === "none" || rest === "blank");
  const action = isBlank ? "write" : needsWrite ? "erase and write" : "erase";
  return { page, content, action, rest, kept };
}

/** Where pages are small a mass erase takes about as long as one page does; where they are large it takes as long as all of them. */
export const MASS_ERASE_FROM_PAGES = 8;

function worthMassErase(geometry: Geometry, pages: readonly PagePlan[], restBlank: boolean): boolean {
  if (!geometry.massErase || geometry.unit !== "page") return false;
  const kept = pages.some(({ action }) => action === "keep");
  const erased = pages.filter(({ action }) => erases(action)).length;
  return !kept && erased >= MASS_ERASE_FROM_PAGES && (restBlank || pages.length === geometry.pages.length);
}

export const erases = (action: PageAction): boolean => action === "erase" || action === "erase and write";
export const writes = (action: PageAction): boolean => action === "write" || action === "erase and write";

const lengthOf = (parts: readonly Segment[]): number =>
  parts.reduce((sum, { bytes }) => sum + bytes.length, 0);

function summarise(pages: readonly PagePlan[], massErase: boolean): PlanSummary {
  const changed = pages.filter(({ action }) => action !== "keep");
  const written = changed.filter(({ action }) => writes(action));
  const gapBytes = (rest: Rest): number =>
    changed
      .filter((page) => page.rest === rest)
      .flatMap(({ content }) => content.gaps)
      .reduce((sum, { length }) => sum + length, 0);
  return {
    keepPages: pages.length - changed.length,
    erasePages: changed.filter(({ action }) => erases(action)).length,
    writePages: written.length,
    writeBytes: written.reduce((sum, { content, kept }) => sum + lengthOf(content.parts) + lengthOf(kept), 0),
    preserveBytes: gapBytes("kept"),
    lostBytes: gapBytes("lost"),
    massErase,
    pages: pages.map(summarisePage),
  };
}

const REST_TEXT = {
  blank: "rest is blank",
  kept: "rest is read and put back",
  lost: "rest is given up",
} as const satisfies Partial<Record<Rest, PagePlanSummary["partial"]>>;

function summarisePage({ page, action, rest }: PagePlan): PagePlanSummary {
  const { index, address, size } = page;
  return { index, address, size, action, partial: rest === "none" ? undefined : REST_TEXT[rest] };
}
