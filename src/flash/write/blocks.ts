/** Cuts pages into what single Write Memory commands carry. Pure. */
import { isFilledWith } from "../../bytes.js";
import { BootlaceError } from "../../errors.js";
import type { Page } from "../../devices/device.js";
import type { Block } from "../../protocol/bootloader.js";
import { bytesOf } from "../look/contents.js";
import { writes, type PagePlan } from "./plan.js";

export interface PageBlocks {
  readonly plan: PagePlan;
  /** In ascending order, without blocks that are blank: those are right after the erase. */
  readonly blocks: readonly Block[];
  /** Of these, what makes a program startable: written when everything else is verified. Empty but on the entry page. */
  readonly last: readonly Block[];
}

export interface Cut {
  /** Data bytes of one command, see blockBytesWithin. */
  readonly blockBytes: number;
  readonly erasedValue: number;
  /** First address of the image: the vector table of a program that does not start at the start of its page. */
  readonly imageStart: number;
  /** The flash's granule: what a write may begin and end with. */
  readonly writeAlign: number;
}

/** Write Memory takes multiples of it from every chip (AN2606 rev 70, table 7). */
const UNIT_BYTES = 16;

/**
 * Data bytes of one Write Memory on an adapter that takes `most`: whole granules, so that no two commands write into the same one.
 * @throws BootlaceError ADAPTER_LIMIT when not even one granule fits
 */
export function blockBytesWithin(most: number, writeAlign: number): number {
  const unit = Math.max(UNIT_BYTES, writeAlign);
  if (most >= unit) return most - (most % unit);
  throw new BootlaceError(
    "ADAPTER_LIMIT",
    `this chip's flash is written ${unit} bytes at a time, which takes messages of ${unit + 2} bytes; this adapter takes shorter ones`,
    { hint: "Use an adapter that takes longer messages, or let --max-frame be larger." },
  );
}

/** @param pages of a plan; the first one is the entry page */
export function cutPages(pages: readonly PagePlan[], cut: Cut): PageBlocks[] {
  return pages.flatMap((plan, index) => (writes(plan.action) ? [cutPage(plan, cut, index === 0)] : []));
}

function cutPage(plan: PagePlan, cut: Cut, entry: boolean): PageBlocks {
  const { page, content, kept } = plan;
  const bytes = bytesOf(content, cut.erasedValue, kept);
  const starts = entry ? startRanges(page, cut) : [];
  const blocks: Block[] = [];
  const last: Block[] = [];
  for (const [from, to] of borders(page.size, cut.blockBytes, starts)) {
    const block = { address: page.address + from, bytes: bytes.subarray(from, to) };
    if (isFilledWith(cut.erasedValue, block.bytes)) continue;
    (starts.some((range) => range.from <= from && to <= range.to) ? last : blocks).push(block);
  }
  return { plan, blocks, last };
}

/** Offsets in a page. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Initial stack pointer and reset vector: without them nothing starts. */
const START_BYTES = 8;

/**
 * The least that makes a program startable, in whole granules: were it a whole block, power that fails while that is programmed
 * could leave a program that starts and is not complete.
 */
function startRanges({ address, size }: Page, { imageStart, writeAlign }: Cut): Span[] {
  const unit = Math.max(START_BYTES, writeAlign);
  const at = [0, imageStart - address].filter((offset) => offset >= 0 && offset < size);
  return at.map((offset) => ({
    from: Math.floor(offset / unit) * unit,
    to: Math.ceil((offset + START_BYTES) / unit) * unit,
  }));
}

/** The page in blocks of at most `most` bytes that lie wholly inside or wholly outside each of `spans`. */
function borders(size: number, most: number, spans: readonly Span[]): [from: number, to: number][] {
  const at = new Set<number>([size, ...spans.flatMap(({ from, to }) => [from, Math.min(to, size)])]);
  for (let offset = 0; offset < size; offset += most) at.add(offset);
  const sorted = [...at].sort((a, b) => a - b);
  return sorted.slice(1).map((to, index) => [sorted[index]!, to]);
}
