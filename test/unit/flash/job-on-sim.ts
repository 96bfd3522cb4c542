/** One job on a simulated chip in this process, for the parts of which jobs are made. */
import type { Session } from "../../../src/flash/chip/session.js";
import type { FlashEvent } from "../../../src/flash/events.js";
import { JobRun } from "../../../src/flash/run/job-run.js";
import { connectSim, type SimTarget } from "../../support/sim-target.js";

export const FLASH = 0x0800_0000;
/** Pages of 2 KiB, Get Checksum. */
export const BY_CHECKSUM = "sim:stm32g071";
/** The same chip on UART, whose protocol has no Get Checksum. */
export const BY_READING = "sim:stm32g071?bus=uart";

export interface JobOnSim {
  readonly sim: SimTarget;
  readonly run: JobRun;
  readonly events: FlashEvent[];
}

/** @param held what the flash holds from its start */
export async function jobOnSim(name: string, held: Uint8Array = new Uint8Array()): Promise<JobOnSim> {
  const sim = await connectSim(name);
  sim.chip.poke(FLASH, held);
  const events: FlashEvent[] = [];
  const { session } = sim.target as SimTarget["target"] & { readonly session: Session };
  return { sim, events, run: new JobRun(session, { onEvent: (event) => events.push(event) }) };
}

/** `bytes` with one bit of the byte at each offset flipped. */
export function spoilt(bytes: Uint8Array, ...offsets: number[]): Uint8Array {
  const copy = bytes.slice();
  for (const offset of offsets) copy[offset]! ^= 1;
  return copy;
}
