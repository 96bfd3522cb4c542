/**
 * Which addresses of a bus a scan may ask. A bootloader is asked by Get Version, which writes two bytes: an EEPROM takes them for
 * an address and data, and a device of the kernel's would be disturbed. i2cdetect's way, a write without data, is no way out:
 * bootloaders with protocol before V1.2 do not survive it (AN4221, revision history of the protocol).
 */
import type { BoundDriver } from "./bound-driver.js";

export interface ScanQuestion {
  /** 7-bit addresses at which the device table knows bootloaders, in any order, repeats allowed. */
  readonly known: Iterable<number>;
  readonly bound: readonly BoundDriver[];
  /** Also ask where EEPROMs live. */
  readonly all: boolean;
}

export interface ScanPlan {
  readonly ask: readonly number[];
  readonly skip: readonly SkippedAddress[];
}

export interface SkippedAddress {
  readonly address: number;
  /** "owned": a kernel driver has it, see `owner`. "eeprom": two bytes would change an EEPROM. */
  readonly why: "owned" | "eeprom";
  readonly owner?: BoundDriver;
}

/** 24Cxx EEPROMs answer at 0x50 to 0x57. */
const isEepromAddress = (address: number): boolean => address >= 0x50 && address <= 0x57;

/** Addresses of both lists are in ascending order, each once. */
export function planScan({ known, bound, all }: ScanQuestion): ScanPlan {
  const ask: number[] = [];
  const skip: SkippedAddress[] = [];
  for (const address of [...new Set(known)].sort((a, b) => a - b)) {
    const owner = bound.find((driver) => driver.address === address);
    if (owner !== undefined) skip.push({ address, why: "owned", owner });
    else if (isEepromAddress(address) && !all) skip.push({ address, why: "eeprom" });
    else ask.push(address);
  }
  return { ask, skip };
}
