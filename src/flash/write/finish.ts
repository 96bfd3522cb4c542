/**
 * The end of a write: what the pages hold is looked at; only then the words are written that make the program startable, and looked at
 * too. A page that is wrong is erased and written anew, and all of it is looked at again.
 */
import { BootlaceError, hex } from "../../errors.js";
import type { Segment } from "../../image/image.js";
import type { PageBlocks } from "./blocks.js";
import { mismatches } from "../look/check.js";
import { asksPages } from "../look/crc.js";
import { joined } from "../look/span.js";
import { eraseAsked } from "../erase/ask-numbers.js";
import type { JobRun } from "../run/job-run.js";
import type { PagePlan, Plan } from "./plan.js";
import type { Programmer } from "./program.js";

const MOST_ROUNDS = 4;
const WRONG = "it does not hold what was written";

interface Bodies {
  readonly pages: readonly PageBlocks[];
  readonly programmer: Programmer;
  /** Pages that are kept are looked at too. */
  readonly distrustKept: boolean;
}

/** Everything but the last blocks. @throws BootlaceError VERIFY_FAILED */
export async function verifyBodies(
  run: JobRun,
  plan: Plan,
  { pages, programmer, distrustKept }: Bodies,
): Promise<void> {
  const blocksOf = new Map(pages.map((page) => [page.plan, page]));
  const withKept = asksPages(run) || distrustKept;
  const looked = plan.pages.filter(({ action }) => withKept || action !== "keep");
  const wanted = joined(looked.flatMap((page) => bodyOf(page, blocksOf.get(page))));
  const total = wanted.reduce((sum, { bytes }) => sum + bytes.length, 0);
  await run.phase("verify", { total }, async (progress) => {
    let unsure = wanted;
    for (let round = 1; ; round++) {
      const wrong = await mismatches(run, "verify", unsure, progress);
      if (wrong.length === 0) return;
      if (round === MOST_ROUNDS) throw verifyFailed(wrong[0]!.address);
      const redone = plan.pages.filter((page) => touches(page, wrong));
      for (const page of redone) await redo(run, page, { blocks: blocksOf.get(page), programmer });
      unsure = joined(redone.flatMap((page) => bodyOf(page, blocksOf.get(page))));
    }
  });
}

/** What is known of a page: all of it, but for gaps that are blank already. */
function definedParts({ content, kept }: PagePlan): Segment[] {
  return joined([...content.parts, ...kept].sort((a, b) => a.address - b.address));
}

/** What a page shall hold before its last blocks are written. */
function bodyOf(page: PagePlan, blocks: PageBlocks | undefined): readonly Segment[] {
  if (!blocks) return page.content.parts;
  let left = definedParts(page);
  for (const block of blocks.last) left = left.flatMap((part) => cutOut(part, block));
  return left;
}

function cutOut({ address, bytes }: Segment, hole: Segment): Segment[] {
  const end = address + bytes.length;
  const from = Math.min(Math.max(hole.address, address), end);
  const to = Math.max(Math.min(hole.address + hole.bytes.length, end), address);
  if (from >= to) return [{ address, bytes }];
  const parts = [
    { address, bytes: bytes.subarray(0, from - address) },
    { address: to, bytes: bytes.subarray(to - address) },
  ];
  return parts.filter((part) => part.bytes.length > 0);
}

const touches = ({ page: { address, size } }: PagePlan, wrong: readonly Segment[]): boolean =>
  wrong.some((part) => part.address < address + size && part.address + part.bytes.length > address);

interface Redo {
  readonly blocks: PageBlocks | undefined;
  readonly programmer: Programmer;
}

async function redo(run: JobRun, planned: PagePlan, { blocks, programmer }: Redo): Promise<void> {
  if (blocks) await programmer.redo(blocks, WRONG);
  else if (planned.action === "erase") await eraseAsked(run, planned.page);
  // One checksum tells about several small pages: this one was right before, and may still be.
  else if ((await mismatches(run, "verify", planned.content.parts)).length > 0)
    throw verifyFailed(planned.page.address);
}

const verifyFailed = (address: number): BootlaceError =>
  new BootlaceError("VERIFY_FAILED", `the flash at ${hex(address)} does not hold what was written`, {
    address,
  });

/** The entry page's last blocks, and then a look at them; a checksum looks at all of their page for the same price. */
export async function finish(run: JobRun, entry: PageBlocks, programmer: Programmer): Promise<void> {
  for (let round = 1; ; round++) {
    run.state = "finishing";
    const stored = await programmer.writeLast(entry);
    const all = asksPages(run) || round > 1;
    if (stored && (await holds(run, all ? definedParts(entry.plan) : entry.last))) return;
    if (round === MOST_ROUNDS) throw verifyFailed(entry.plan.page.address);
    await bodyAnew(run, entry, programmer);
  }
}

/** The page is blank where a program starts until all else of it is right again. */
async function bodyAnew(run: JobRun, entry: PageBlocks, programmer: Programmer): Promise<void> {
  for (let round = 1; ; round++) {
    await programmer.redo(entry, WRONG);
    run.state = "unbootable";
    if (await holds(run, bodyOf(entry.plan, entry))) return;
    if (round === MOST_ROUNDS) throw verifyFailed(entry.plan.page.address);
  }
}

const holds = async (run: JobRun, wanted: readonly Segment[]): Promise<boolean> =>
  (await mismatches(run, "verify", wanted)).length === 0;
