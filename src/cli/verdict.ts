/** The last line of a job, and what --json says in its place. */
import type { BootlaceError } from "../errors.js";
import type { EraseResult, VerifyResult, WriteResult } from "../flash/job.js";
import { rangeJson } from "./json.js";
import { bytesText, plural, timeText } from "./text.js";

/** How a job ended. `failure` set: it did what was asked and the answer is no (verify: different). */
export interface Verdict {
  /** Without the word OK in front. */
  readonly text: string;
  readonly result: object;
  readonly failure?: BootlaceError | undefined;
}

export function writeVerdict(result: WriteResult): Verdict {
  return { text: writeText(result), result: { ...result, plan: { ...result.plan, pages: undefined } } };
}

function writeText(result: WriteResult): string {
  const { outcome, pagesKept, bytesWritten, verifiedBy, elapsedMs } = result;
  const time = timeText(elapsedMs);
  if (outcome === "already current") {
    return [`already current (${verifiedBy}), nothing erased or written`, ...leftText(result), time].join(
      ", ",
    );
  }
  if (outcome === "planned") return `planned only, the flash was not touched, ${time}`;
  const total = pagesKept + result.plan.writePages;
  const kept = pagesKept === 0 ? [] : [`${pagesKept} of ${plural(total, "page")} kept`];
  return [
    ...kept,
    `${bytesText(bytesWritten)} written and verified (${verifiedBy})`,
    ...retriesText(result.retries),
    ...leftText(result),
    time,
  ].join(", ");
}

function leftText({ left }: WriteResult): string[] {
  return left === "running" ? ["started"] : left === "reset" ? ["reset"] : [];
}

const retriesText = (retries: number): string[] =>
  retries === 0 ? [] : [retries === 1 ? "1 retry" : `${retries} retries`];

export function eraseVerdict(result: EraseResult): Verdict {
  const { pages, bytes, how, retries, elapsedMs } = result;
  const what =
    how === "already blank"
      ? `already blank, nothing erased`
      : `${plural(pages, "page")} (${bytesText(bytes)}) erased${how === "pages" ? "" : ` by ${how} erase`}`;
  return { text: [what, ...retriesText(retries), timeText(elapsedMs)].join(", "), result };
}

export function verifyVerdict(result: VerifyResult, failure?: BootlaceError): Verdict {
  const { differences, ...rest } = result;
  return {
    text: `${bytesText(result.bytes)} hold the image (${result.by}), ${timeText(result.elapsedMs)}`,
    result: { ...rest, differences: differences.map(rangeJson) },
    failure,
  };
}
