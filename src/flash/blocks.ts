/** Cuts pages into what single Write Memory commands carry. Pure. */
import type { Block } from "../protocol/bootloader.js";
import { bytesOf } from "./contents.js";
import { writes, type PagePlan } from "./plan.js";

export interface PageBlocks {
  readonly plan: PagePlan;
  /** The whole page as it shall be. */
  readonly bytes: Uint8Array;
  /** In ascending order, without blocks that are blank: those are right after the erase. */
  readonly blocks: readonly Block[];
  /** Of these, what makes a program startable: written when everything else is verified. Empty but on the entry page. */
  readonly last: readonly Block[];
}

export interface Cut {
  /** Data bytes of one command, a multiple of 16. */
  readonly blockBytes: number;
  readonly erasedValue: number;
  /** First address of the image: the vector table of a program that does not start at the start of its page. */
  readonly imageStart: number;
}

/** @param pages of a plan; the first one is the entry page */
export function cutPages(pages: readonly PagePlan[], cut: Cut): PageBlocks[] {
  return pages.flatMap((plan, index) => (writes(plan.action) ? [cutPage(plan, cut, index === 0)] : []));
}

function cutPage(plan: PagePlan, cut: Cut, entry: boolean): PageBlocks {
  const { page, content, kept } = plan;
  const bytes = bytesOf(content, cut.erasedValue, kept);
  const blocks: Block[] = [];
  const last: Block[] = [];
  for (let offset = 0; offset < page.size; offset += cut.blockBytes) {
    const block = { address: page.address + offset, bytes: bytes.subarray(offset, offset + cut.blockBytes) };
    if (block.bytes.every((byte) => byte === cut.erasedValue)) continue;
    (entry && starts(block, page.address, cut.imageStart) ? last : blocks).push(block);
  }
  return { plan, bytes, blocks, last };
}

const starts = ({ address, bytes }: Block, pageStart: number, imageStart: number): boolean =>
  address === pageStart || (address <= imageStart && imageStart < address + bytes.length);
