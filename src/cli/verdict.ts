/** The last line of a job, and what --json says in its place. */
import type { BootlaceError } from "../errors.js";
import type {
  EraseResult,
  ProtectionResult,
  ProtectWhat,
  SetOptionsResult,
  VerifyResult,
  WriteOptions,
  WriteResult,
} from "../flash/job.js";
import { rangeJson } from "./json.js";
import { bytesText, plural, timeText } from "./text.js";

/** How a job ended. `failure` set: it did what was asked and the answer is no (verify: different). */
export interface Verdict {
  /** Without the word OK in front. */
  readonly text: string;
  readonly result: object;
  /** For standard output, where people read. */
  readonly data?: string | undefined;
  readonly failure?: BootlaceError | undefined;
}

/** @param leave what is to come of the chip at the end: a plan says it */
export function writeVerdict(result: WriteResult, leave: WriteOptions["leave"] = "stay"): Verdict {
  return {
    text: writeText(result, leave),
    result: { ...result, plan: { ...result.plan, pages: undefined } },
  };
}

const THEN = { stay: [], go: ["then told to start"], reset: ["then told to reset"] } as const;

function writeText(result: WriteResult, leave: keyof typeof THEN): string {
  const { outcome, pagesKept, bytesWritten, verifiedBy, elapsedMs } = result;
  const time = timeText(elapsedMs);
  if (outcome === "already current") {
    return [`already current (${verifiedBy}), nothing erased or written`, ...leftText(result), time].join(
      ", ",
    );
  }
  if (outcome === "planned")
    return ["planned only, the flash was not touched", ...THEN[leave], time].join(", ");
  const total = pagesKept + result.plan.writePages;
  const kept = pagesKept === 0 ? [] : [`${pagesKept} of ${plural(total, "page")} kept`];
  return [
    ...kept,
    `${bytesText(bytesWritten)} written and verified (${verifiedBy})`,
    ...eepromText(result),
    ...retriesText(result.retries),
    ...leftText(result),
    time,
  ].join(", ");
}

const eepromText = ({ eepromBytesWritten: bytes }: WriteResult): string[] =>
  bytes === 0 ? [] : [`${bytesText(bytes)} of data EEPROM written and read back`];

function leftText({ left }: WriteResult): string[] {
  return left === "running" ? ["told to start"] : left === "reset" ? ["told to reset"] : [];
}

const retriesText = (retries: number): string[] =>
  retries === 0 ? [] : [retries === 1 ? "1 retry" : `${retries} retries`];

export function eraseVerdict(result: EraseResult): Verdict {
  const { pages, bytes, how, retries, elapsedMs } = result;
  const what = `${plural(pages, "page")} (${bytesText(bytes)}) erased${how === "pages" ? "" : ` by ${how} erase`}`;
  return { text: [what, ...retriesText(retries), timeText(elapsedMs)].join(", "), result };
}

/** A chip does not tell which of its sectors are protected. */
export function protectVerdict(what: ProtectWhat, result: ProtectionResult): Verdict {
  if ("readout" in what)
    return {
      text: `readout protection is set, the chip restarted and refuses to be read, ${timeText(result.elapsedMs)}`,
      result: { protected: "readout", ...result },
    };
  const sectors = what.writeSectors.join(", ");
  return {
    text: `the chip was told to write-protect ${what.writeSectors.length === 1 ? "sector" : "sectors"} ${sectors}, and restarts; it does not tell which are protected, ${timeText(result.elapsedMs)}`,
    result: { protected: "write", sectors: what.writeSectors, ...result },
  };
}

export function unprotectVerdict(what: "readout" | "write", result: ProtectionResult): Verdict {
  const text =
    what === "write"
      ? "the chip was told to lift write protection, and restarts; it does not tell which sectors are protected"
      : readoutText(result);
  return { text: `${text}, ${timeText(result.elapsedMs)}`, result: { unprotected: what, ...result } };
}

function readoutText({ known, flash }: ProtectionResult): string {
  if (known === "acknowledged") return "the chip was told to lift readout protection and to erase its flash";
  const lifted = "readout protection is lifted";
  if (flash === undefined) return `${lifted}; the flash was not looked at`;
  return flash === "blank"
    ? `${lifted}, every page of the flash begins blank`
    : `${lifted}, and the flash is not blank: this chip kept it`;
}

/** What changed, "nBOOT_SEL 1 -> 0". */
export function setOptionsVerdict({
  outcome,
  changes,
  address,
  before,
  after,
  elapsedMs,
}: SetOptionsResult): Verdict {
  const list = changes.map(({ name, from, to }) => `${name} ${from} -> ${to}`).join(", ");
  const text = {
    written: `${list}; all option bytes were read back`,
    planned: `${list}: planned only, nothing was written`,
    "already current": "the option bytes are as asked for, nothing was written",
  }[outcome];
  const hexOf = (bytes: Uint8Array): string =>
    Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return {
    text: `${text}, ${timeText(elapsedMs)}`,
    result: { outcome, changes, address, before: hexOf(before), after: hexOf(after), elapsedMs },
  };
}

export function verifyVerdict(result: VerifyResult, failure?: BootlaceError): Verdict {
  const { differences, ...rest } = result;
  return {
    text: `${bytesText(result.bytes)} hold the image (${result.by}), ${timeText(result.elapsedMs)}`,
    result: { ...rest, differences: differences.map(rangeJson) },
    failure,
  };
}
