/** Who on the chip can tell the checksum of parts of its flash: its ROM (rom-checksum.ts), or a program in RAM (crc-program.ts). */
import type { CheckedBy, Phase } from "../events.js";
import type { JobRun } from "../run/job-run.js";
import type { Span } from "./span.js";

export interface Checksummer {
  /** "read back": it turned out that it cannot. */
  readonly by: CheckedBy;
  /** One question costs as much as many: what is wanted is asked in one go, and not by halves. */
  readonly together: boolean;
  /** Most spans in one question. */
  readonly mostSpans: number;
  /** Whether asking beats reading, for so many bytes in one question. */
  worth(run: JobRun, bytes: number): boolean;
  /**
   * The CRC of each span, as the STM32's CRC unit computes it (protocol/crc.ts). Spans are whole words of flash.
   * @returns undefined when it cannot be told this way: read
   */
  crcs(run: JobRun, phase: Phase, spans: readonly Span[]): Promise<readonly number[] | undefined>;
}
