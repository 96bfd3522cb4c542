/** Finds out all that a plan needs: what the pages hold, and what lies in the parts of them that the image does not define. */
import { isFilledWith, sameBytes } from "../../bytes.js";
import { BootlaceError, hex } from "../../errors.js";
import type { MemoryImage, Segment } from "../../image/image.js";
import { compare } from "../look/compare.js";
import type { Holding, Holdings } from "../look/comparison.js";
import { contentsOf, type PageContent } from "../look/contents.js";
import type { WriteOptions } from "../job.js";
import type { JobRun } from "../run/job-run.js";
import type { Finding, Rest } from "./plan.js";
import { isBlank } from "../look/blank.js";
import { asksPages } from "../look/crc.js";
import { readConfirmed } from "../look/read-confirmed.js";
import { isReadFault, readDamaged } from "../look/read-damaged.js";
import { runsOfPages, type Span, spanOfPages } from "../look/span.js";

export async function survey(run: JobRun, image: MemoryImage, options: WriteOptions): Promise<Finding[]> {
  const { geometry } = run.session;
  const contents = contentsOf(image, geometry);
  const holdings = await holdingsOf(run, contents, options);
  const changes = contents.some((content) => holdings.get(content) !== "same");
  const findings: Finding[] = [];
  for (const [index, content] of contents.entries()) {
    const holding = holdings.get(content)!;
    const changed = holding !== "same" || (changes && index === 0);
    findings.push({ content, holding, ...(await restOf(run, content, changed, options)) });
  }
  return findings;
}

async function holdingsOf(
  run: JobRun,
  contents: readonly PageContent[],
  options: WriteOptions,
): Promise<Holdings> {
  if (options.full) return new Map(contents.map((content) => [content, "other"]));
  if (options.assume)
    return new Map(contents.map((content) => [content, assumed(run, content, options.assume!)]));
  return compare(run, contents);
}

/** By an old image that the flash is believed to hold; what it does not define is unknown. */
function assumed(run: JobRun, { parts }: PageContent, old: MemoryImage): Holding {
  const { erasedValue } = run.session.geometry;
  const same = parts.every(({ address, bytes }) => {
    const [held, ...more] = old.within(address, address + bytes.length);
    const whole = held !== undefined && more.length === 0 && held.bytes.length === bytes.length;
    return whole ? sameBytes(held.bytes, bytes) : isFilledWith(erasedValue, bytes);
  });
  return same ? "same" : "other";
}

const NO_REST = { rest: "none", kept: [] } as const;

async function restOf(
  run: JobRun,
  content: PageContent,
  changed: boolean,
  options: WriteOptions,
): Promise<{ rest: Rest; kept: readonly Segment[] }> {
  if (!changed || content.gaps.length === 0) return NO_REST;
  if (options.erasePartial) return { rest: "lost", kept: [] };
  const kept: Segment[] = [];
  try {
    for (const gap of content.gaps) kept.push(...(await preserveOrSalvage(run, gap)));
  } catch (error) {
    throw cannotPreserve(content, error);
  }
  return kept.length === 0 ? { rest: "blank", kept } : { rest: "kept", kept };
}

/** The gap's bytes, or none where it is blank. */
async function preserve(run: JobRun, gap: Span): Promise<Segment[]> {
  if (await isBlank(run, "preserve", gap)) return [];
  return [{ address: gap.address, bytes: await readConfirmed(run, "preserve", gap) }];
}

async function preserveOrSalvage(run: JobRun, gap: Span): Promise<Segment[]> {
  try {
    return await preserve(run, gap);
  } catch (error) {
    if (!isReadFault(run, error)) throw error;
    return readDamaged(run, gap);
  }
}

/** Only what the chip itself says no to; a bus that fails is a failure of the bus. */
function cannotPreserve({ page }: PageContent, error: unknown): unknown {
  if (!(error instanceof BootlaceError)) return error;
  if (error.code !== "REFUSED" && error.code !== "PROTECTED") return error;
  const text = `the image covers page ${page.index} at ${hex(page.address)} only in part, and the rest of it cannot be read: ${error.message}`;
  return new BootlaceError("CANNOT_PRESERVE", text, { address: page.address }, { cause: error });
}

/** Whether all flash outside these pages is blank; only asked where one checksum per stretch tells it. */
export async function restOfFlashBlank(run: JobRun, contents: readonly PageContent[]): Promise<boolean> {
  const { geometry } = run.session;
  if (!asksPages(run) || !geometry.massErase) return false;
  const touched = new Set(contents.map(({ page }) => page));
  const others = geometry.pages.filter((page) => !touched.has(page));
  for (const pages of runsOfPages(others))
    if (!(await isBlank(run, "compare", spanOfPages(pages)))) return false;
  return true;
}
