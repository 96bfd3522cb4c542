/** The ROM's checksum of a range, and beside it, while the chip computes, the host's of what the range should hold. */
import type { Segment } from "../../image/image.js";
import { stm32Crc } from "../../protocol/crc.js";
import type { JobRun } from "../run/job-run.js";
import { meanwhile } from "../run/meanwhile.js";
import { persist, type Where } from "../run/retry.js";

export interface Crcs {
  readonly held: number;
  readonly wanted: number;
}

/** `address` and the length of `bytes` are multiples of 4. */
export async function crcsOf(run: JobRun, phase: Where["phase"], { address, bytes }: Segment): Promise<Crcs> {
  const { loader } = run.session;
  const [held, wanted] = await Promise.all([
    persist(run, { phase, address }, () => loader.checksum(address, bytes.length)),
    meanwhile(() => stm32Crc(bytes)),
  ]);
  return { held, wanted };
}
