/** BOOT0 and NRST of one target: into the bootloader, out of it, and given back at the end. */
import { BootlaceError } from "../errors.js";
import { enterBootloader, leaveBootloader } from "./enter-bootloader.js";
import type { LineDriver } from "./line-driver.js";
import { openLines } from "./open-lines.js";
import { parseResetSequence, type ResetSequence } from "./sequence.js";
import type { ModemPort } from "./serial-lines.js";

export interface ResetLinesOptions {
  readonly sequence: string;
  /** `{ boot0: "gpiochip0:17" }` */
  readonly lines?: Readonly<Record<string, string | undefined>> | undefined;
  readonly port?: ModemPort | undefined;
  readonly signal?: AbortSignal | undefined;
}

export class ResetLines {
  constructor(
    readonly sequence: ResetSequence,
    readonly driver: LineDriver,
    readonly signal: AbortSignal | undefined,
  ) {}

  /** Runs the entry part until `probe` succeeds. @throws BootlaceError NO_REPLY, RESET_FAILED, and what `probe` throws besides silence */
  async enter<T>(probe: () => Promise<T>): Promise<T> {
    let answer: { readonly value: T } | undefined;
    await enterBootloader(this.sequence, this.driver, {
      signal: this.signal,
      probe: async () => {
        answer = await orSilence(probe);
        return answer !== undefined;
      },
    });
    return answer!.value;
  }

  /** Runs the exit part: the chip starts its program. */
  leave(): Promise<void> {
    return leaveBootloader(this.sequence, this.driver);
  }

  release(): Promise<void> {
    return this.driver.release();
  }
}

async function orSilence<T>(probe: () => Promise<T>): Promise<{ readonly value: T } | undefined> {
  try {
    return { value: await probe() };
  } catch (error) {
    if (error instanceof BootlaceError && (error.code === "NO_REPLY" || error.code === "DESYNCHRONISED"))
      return undefined;
    throw error;
  }
}

/** Nothing is touched before the first move. @throws BootlaceError USAGE, UNSUPPORTED_PLATFORM, ... */
export async function openResetLines({
  sequence,
  lines,
  port,
  signal,
}: ResetLinesOptions): Promise<ResetLines> {
  const parsed = parseResetSequence(sequence, lines);
  return new ResetLines(parsed, await openLines(parsed, { port }), signal);
}
