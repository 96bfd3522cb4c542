/**
 * The 16 bytes that programs for USB DFU put behind a file: "USB Device Class Specification for Device Firmware Upgrade",
 * version 1.1, appendix B. They are for the host only and no part of the firmware.
 */

import { hex } from "../errors.js";
import { has } from "./foreign.js";

export const SUFFIX_BYTES = 16;

export interface DfuSuffix {
  /** How many bytes come before it. */
  readonly start: number;
  /** The checksum over all bytes before its own. */
  readonly intact: boolean;
  /** "USB 0483:DF11" */
  readonly device: string;
}

/** What the file ends in; undefined for no suffix. */
export function dfuSuffixOf(bytes: Uint8Array): DfuSuffix | undefined {
  const start = bytes.length - SUFFIX_BYTES;
  if (start < 0 || !has(bytes, start + 8, "UFD\x10")) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, SUFFIX_BYTES);
  const id = (offset: number): string => hex(view.getUint16(offset, true), 4).slice(2);
  const intact = view.getUint32(12, true) === dfuCrc(bytes.subarray(0, bytes.length - 4));
  return { start, intact, device: `USB ${id(4)}:${id(2)}` };
}

export interface WithoutSuffix {
  readonly bytes: Uint8Array;
  readonly remarks: readonly string[];
}

/** Intact suffixes left out: a program that put a second one behind the first took the first for firmware. */
export function withoutDfuSuffix(bytes: Uint8Array): WithoutSuffix {
  const suffix = dfuSuffixOf(bytes);
  if (suffix?.intact !== true) return { bytes, remarks: [] };
  const inner = withoutDfuSuffix(bytes.subarray(0, suffix.start));
  return {
    bytes: inner.bytes,
    remarks: [`the DFU suffix (${SUFFIX_BYTES} bytes, for ${suffix.device}) is left out`, ...inner.remarks],
  };
}

/** CRC-32 as the specification's appendix B computes it: reflected, without the inversion at the end. */
function dfuCrc(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return crc >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? 0xedb8_8320 ^ (value >>> 1) : value >>> 1;
  return value;
});
