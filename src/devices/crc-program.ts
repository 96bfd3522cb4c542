/** On which chips a checksum program may run in RAM, where it goes there, and how long it takes. */
import type { Device, Quirks, Range } from "./device.js";

export interface CrcProgramPlace {
  readonly area: Range;
  /** Clock of the core after a reset, in Hz: the bootloader's own is faster or the same, so a run takes this long at most. */
  readonly clockHz: number;
  /** From the reset at its end to the first answer, in ms. */
  readonly startupMs: number;
  /** Somebody saw it tell the truth on a real chip of this product. */
  readonly proven: boolean;
}

/** Why not, one sentence. */
export interface NoCrcProgram {
  readonly because: string;
}

/** RCC chapters of the reference manuals: the oscillator that is selected after a system reset. */
const RESET_CLOCK_HZ: Readonly<Record<string, number>> = {
  F0: 8e6, F1: 8e6, F2: 16e6, F3: 8e6, F4: 16e6, F7: 16e6,
  C0: 12e6, G0: 16e6, G4: 16e6, H7: 64e6, L0: 2.1e6, L1: 2.1e6, L4: 4e6, U0: 4e6, WL: 4e6,
}; // prettier-ignore

const HELD_BACK_SERIES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["L5", "U3", "U5", "H5", "WBA", "H7RS", "C5"].map((series) => [
      series,
      "secure services run at each reset, and no document says whether they leave the RAM alone",
    ]),
  ),
  WB: "a second core may be running, and nobody has seen what a reset from RAM does to it",
  WB0: "its bootloader and its resets are its own, and nobody has tried it",
  WL3: "its bootloader and its resets are its own, and nobody has tried it",
};

const HELD_BACK_PRODUCTS: Readonly<Record<number, string>> = {
  0x480: "nobody has seen whether its RAM with error correction survives a reset",
  0x483: "nobody has seen whether its RAM with error correction survives a reset",
  0x485: "secure services run at each reset, and no document says whether they leave the RAM alone",
  0x497: "a second core may be running, and nobody has seen what a reset from RAM does to it",
};

interface Proven {
  readonly productId: number;
  readonly bootloaderVersion: string;
  /** Where the report stands. */
  readonly source: string;
}

/** From reports of `bootlace checksum --prove --crc-program` on real chips. Nobody has sent one yet. */
const PROVEN: readonly Proven[] = [];

/** AN2606 rev 70 gives no start-up time for some: the slowest that it gives for any. */
const SLOWEST_STARTUP_MS = 561;

/**
 * @param bootloaderVersion "V9.0", where it is known
 * @param proven for tests
 */
export function crcProgramPlace(
  device: Device | undefined,
  quirks: Quirks,
  bootloaderVersion?: string,
  proven = PROVEN,
): CrcProgramPlace | NoCrcProgram {
  if (!device) return { because: "the chip is not in the device table" };
  const { productId, series, bootloaders, ram } = device;
  if (quirks.ramWriteBroken) return { because: "what is written to its RAM arrives damaged" };
  if (quirks.goBroken) return { because: "the Go command of its bootloader does not work" };
  const because = HELD_BACK_PRODUCTS[productId] ?? HELD_BACK_SERIES[series];
  if (because !== undefined) return { because };
  const [area] = ram.accessible;
  const clockHz = RESET_CLOCK_HZ[series];
  if (!area) return { because: "its bootloader leaves no RAM to the host" };
  if (clockHz === undefined) return { because: "the clock of its core after a reset is not known here" };
  const { startupMs = SLOWEST_STARTUP_MS } =
    bootloaders.find(({ version }) => version === bootloaderVersion) ?? {};
  const isThis = (row: Proven): boolean =>
    row.productId === productId && row.bootloaderVersion === bootloaderVersion;
  return { area, clockHz, startupMs, proven: proven.some(isThis) };
}
