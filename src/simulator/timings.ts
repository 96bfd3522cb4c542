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
  /** Clock of the core while a program in RAM runs. */
  readonly coreHz: number;
}

/**
 * The clock after a reset, from the RCC chapters of the reference manuals: whether the bootloader leaves its own faster one on at Go is
 * documented for few chips, so the slower one is assumed.
 */
const RESET_CLOCK_MHZ: Readonly<Record<string, number>> = {
  F0: 8, F1: 8, F3: 8, F2: 16, F4: 16, F7: 16, G0: 16, G4: 16, C0: 12, L0: 2.1, L1: 2.1, L4: 4, WB: 4, WL: 4, H7: 64,
}; // prettier-ignore

/** Sectors of F2, F4, F7 and H7 take about 8 ms per KiB (128 KiB: 1 s); pages about 20 ms whatever their size. */
export const defaultTimings = ({ flash, startupMs, series }: ChipFacts): ChipTimings => {
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
    coreHz: (RESET_CLOCK_MHZ[series] ?? 4) * 1e6,
  };
};
