/**
 * Finds out which pages differ from what they shall hold: by the ROM's checksum, one command for a run of pages and then by
 * halves; by a checksum program, all pages in one go; else by reading. A chip that faults when it is read counts as different everywhere: it is erased and written.
 */
import type { Segment } from "../../image/image.js";
import type { JobRun } from "../run/job-run.js";
import type { PageContent } from "./contents.js";
import { AllTogether } from "./all-together.js";
import { ByChecksum } from "./by-checksum.js";
import { ByReading } from "./by-reading.js";
import type { Comparison, Holdings } from "./comparison.js";
import { checksummerFor } from "./crc.js";

export async function compare(run: JobRun, contents: readonly PageContent[]): Promise<Holdings> {
  const comparison = comparisonOf(run, contents);
  const total = contents.reduce((sum, { page }) => sum + page.size, 0);
  await run.phase("compare", { total }, async (progress) => {
    comparison.onProgress = progress;
    await comparison.compareAll(contents);
  });
  run.checkedBy = comparison.by;
  return comparison.holdings;
}

function comparisonOf(run: JobRun, contents: readonly PageContent[]): Comparison {
  const bytes = contents.reduce((sum, { parts }) => sum + bytesIn(parts), 0);
  const checksummer = checksummerFor(run, bytes);
  if (!checksummer) return new ByReading(run);
  return checksummer.together ? new AllTogether(run, checksummer) : new ByChecksum(run, checksummer);
}

const bytesIn = (parts: readonly Segment[]): number =>
  parts.reduce((sum, { bytes: { length } }) => sum + length, 0);
