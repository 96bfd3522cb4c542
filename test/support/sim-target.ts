/** The library on a simulated chip in this process, and images for it. */
import { connect } from "../../src/flash/connect.js";
import type { ConnectOptions, Target } from "../../src/flash/target.js";
import { MemoryImage } from "../../src/image/image.js";
import { openSim, type SimTransport } from "../../src/transport/sim/sim.js";
import type { ChipOptions } from "../../src/simulator/options.js";

export interface SimTarget {
  readonly target: Target;
  readonly transport: SimTransport;
  readonly chip: SimTransport["chip"];
}

export async function connectSim(
  name: string,
  options: ConnectOptions = {},
  extra: Partial<ChipOptions> = {},
): Promise<SimTarget> {
  const transport = await openSim(name, extra);
  const target = await connect(transport, options);
  return { target, transport, chip: transport.chip };
}

/** Firmware-like: a plausible vector table, then bytes of a small generator. */
export function firmware(start: number, length: number, seed = 1): MemoryImage {
  return new MemoryImage([{ address: start, bytes: noise(length, seed, start) }]);
}

export function noise(length: number, seed: number, vectorsFor?: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let x = seed;
  for (let i = 0; i < length; i++) {
    x = (Math.imul(x, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    bytes[i] = x >> 16;
  }
  if (vectorsFor !== undefined && length >= 8) {
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 0x2000_1000, true);
    view.setUint32(4, vectorsFor + 9, true);
  }
  return bytes;
}
