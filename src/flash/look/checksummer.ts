/** Who on the chip can tell the checksum of parts of its flash: its ROM (rom-checksum.ts), or a program in RAM (crc-program.ts). */
import type { CrcProgramPlace } from "../../devices/crc-program.js";
import type { CheckedBy, Phase } from "../events.js";
import type { Span } from "./span.js";

/** The ROM's Get Checksum, and whether it turned out that it refuses what it lists. */
export interface RomSource {
  readonly kind: "rom";
  refused: boolean;
}

/** A program in RAM, and what its results were found to be. */
export interface ProgramSource {
  readonly kind: "program";
  readonly place: CrcProgramPlace;
  trust: "untried" | "believed" | "given up";
}

/** What a session knows of it: which way there is, and what its jobs learned. */
export type ChecksumSource = RomSource | ProgramSource;

/** A source as one job asks it. */
export interface Checksummer {
  /** "read back": it turned out that it cannot. */
  readonly by: CheckedBy;
  /** One question costs as much as many: what is wanted is asked in one go, and not by halves. */
  readonly together: boolean;
  /** Most spans in one question. */
  readonly mostSpans: number;
  /** Whether asking beats reading, for so many bytes in one question. */
  worth(bytes: number): boolean;
  /**
   * The CRC of each span, as the STM32's CRC unit computes it (protocol/crc.ts). Spans are whole words of flash.
   * @returns undefined when it cannot be told this way: read
   */
  crcs(phase: Phase, spans: readonly Span[]): Promise<readonly number[] | undefined>;
}
