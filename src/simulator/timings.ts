import type { ChipFacts } from "./facts.js";

/** How long the chip works, in ms. Typical values of data sheets, rounded; a test sets what it needs. */
export interface ChipTimings {
  /** 256 bytes of flash; shorter writes in proportion. */
  readonly programMs: number;
  /** One erase unit, or a function of its size in bytes. */
  readonly pageEraseMs: number | ((sizeBytes: number) => number);
  readonly massEraseMs: number;
  readonly checksumMsPerKiB: number;
  readonly optionBytesMs: number;
  /** From the end of a reset until the chip answers. */
  readonly startupMs: number;
}

/** Sectors of F2, F4, F7 and H7 take about 8 ms per KiB (128 KiB: 1 s); pages about 20 ms whatever their size. */
export const defaultTimings = ({ flash, startupMs }: ChipFacts): ChipTimings => {
  const bySector = flash.pages.some(({ size }) => size >= 16384);
  const pageEraseMs = (size: number): number => (bySector ? Math.max(20, size / 128) : 20);
  const sectorsMs = flash.pages.reduce((sum, { size }) => sum + pageEraseMs(size), 0) / 2;
  return {
    programMs: 1,
    pageEraseMs,
    massEraseMs: bySector ? sectorsMs : 40,
    checksumMsPerKiB: 0.02,
    optionBytesMs: 20,
    startupMs,
  };
};
