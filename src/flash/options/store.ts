/**
 * Option bytes are erased and written as one, then the chip loads them and resets (AN4221 rev 14, AN3155 rev 20, Write Memory). An ACK may be
 * lost in that reset: what they hold afterwards decides.
 */
import { sameBytes } from "../../bytes.js";
import type { Range } from "../../devices/device.js";
import { BootlaceError, hex } from "../../errors.js";
import { CommandFailure } from "../../protocol/link.js";
import { comesBack } from "../chip/protect.js";
import { RegisterReader } from "../chip/registers.js";
import type { JobRun } from "../run/job-run.js";

export interface OptionSet {
  readonly area: Range;
  /** What they hold now, what they shall hold, and what is sent for that from the base on. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly frame: Uint8Array;
  /** For messages: "nBOOT_SEL was set to 0". */
  readonly was: string;
}

const MOST_ATTEMPTS = 3;

export async function storeOptions(run: JobRun, set: OptionSet): Promise<void> {
  const { area, before, after, frame } = set;
  for (let attempt = 1; ; attempt++) {
    const write = (): Promise<unknown> =>
      run.session.loader.writeMany([{ address: area.start, bytes: frame }]);
    const failure = await failureOf(() => run.changing("options", write));
    if (!(await comesBack(run.session))) throw failure ?? notBack(set);
    const now = await readAgain(run, set);
    if (sameBytes(now, after)) break;
    const isOld = sameBytes(now, before);
    if (!failure || !isOld || attempt === MOST_ATTEMPTS) throw notStored(set, isOld, failure);
    run.retried({ phase: "protect", attempt, reason: failure.message });
  }
  if (run.state === "options") run.state = "untouched";
}

/** @throws BootlaceError REFUSED, PROTECTED */
export async function readOptions(run: JobRun, { start, end }: Range): Promise<Uint8Array> {
  const reader = new RegisterReader(run.session.loader);
  const bytes = await reader.readTwice({ address: start, length: end - start });
  if (bytes) return bytes;
  if (reader.protected)
    throw new BootlaceError("PROTECTED", "the chip is readout-protected: its option bytes cannot be read", {
      address: start,
    });
  throw new BootlaceError("REFUSED", `the option bytes at ${hex(start)} cannot be read`, { address: start });
}

/** Protected by now: erased option bytes are no open level. */
async function readAgain(run: JobRun, { area, was }: OptionSet): Promise<Uint8Array> {
  try {
    return await readOptions(run, area);
  } catch (error) {
    if (!(error instanceof BootlaceError) || error.code !== "PROTECTED") throw error;
    throw new BootlaceError(
      "PROTECTED",
      `${was}, and now the chip is readout-protected: the write was cut off between erase and programming`,
      {
        address: area.start,
        chipState:
          "the flash was not changed and can no longer be read or started by the bootloader; the option bytes are neither the old nor the new ones",
        hint: "`bootlace unprotect readout --yes-erase-everything` brings the chip back and erases its flash; then run the same command again.",
      },
    );
  }
}

async function failureOf(command: () => Promise<unknown>): Promise<BootlaceError | undefined> {
  try {
    await command();
    return undefined;
  } catch (failure) {
    const error = failure instanceof CommandFailure ? failure.cause : failure;
    if (error instanceof BootlaceError && (error.side === "way" || error.side === "chip")) return error;
    throw error;
  }
}

const notBack = ({ was }: OptionSet): BootlaceError =>
  new BootlaceError("NO_REPLY", `${was}, and the chip did not come back to its bootloader`, {
    hint: "Hold BOOT0 high, reset the chip and run the same command again.",
  });

function notStored(
  { area, after }: OptionSet,
  isOld: boolean,
  failure: BootlaceError | undefined,
): BootlaceError {
  const state = isOld ? "they hold what they held before" : "they hold neither the old set nor the new one";
  return new BootlaceError(
    "VERIFY_FAILED",
    `the option bytes at ${hex(area.start)} do not hold what was written${failure ? `: ${failure.message}` : ""}`,
    {
      address: area.start,
      chipState: `the flash was not changed; of the option bytes, ${after.length} bytes were read back and ${state}`,
      hint: "Look with `bootlace options`, and run the same command again.",
    },
    { cause: failure },
  );
}
