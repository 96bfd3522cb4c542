/** Simulated chips for the suites, from rows of the device table, running in real time. */
import { deviceByProductId } from "../../../src/devices/load.js";
import type { SimulatedChip } from "../../../src/simulator/chip.js";
import { RealClock } from "../../../src/simulator/clock.js";
import { createChip } from "../../../src/simulator/create-chip.js";
import { factsOf } from "../../../src/simulator/device-facts.js";
import type { ChipOptions } from "../../../src/simulator/options.js";

/** STM32G071 with 64 KiB, protocol V1.2 at 0x51 unless said otherwise: 2 KiB pages, erased to FF. */
const G071 = 0x460;
const FLASH_BYTES = 64 * 1024;
export const ADDRESS = 0x51;
export const FLASH = 0x0800_0000;

export async function makeChip({
  flashBytes = FLASH_BYTES,
  ...options
}: Partial<ChipOptions> & { readonly flashBytes?: number } = {}): Promise<SimulatedChip> {
  const device = await deviceByProductId(G071);
  if (device === undefined) throw new Error("the device table has no STM32G071");
  const facts = factsOf(device, { flashSize: flashBytes });
  return createChip({
    facts,
    clock: new RealClock(),
    i2cAddress: ADDRESS,

    ...options,
  });
}

/** Looks like firmware: initial stack pointer in RAM, a Thumb reset vector inside, then a pattern without blank runs. */
export function firmware(lengthBytes: number, seed = 1): Buffer {
  const image = Buffer.alloc(lengthBytes);
  for (let at = 0, state = seed; at < lengthBytes; at++) {
    state = (state * 1103515245 + 12345) & 0x7fff_ffff;
    image[at] = (state >> 16) & 0xff;
  }
  image.writeUInt32LE(0x2000_2000, 0);
  image.writeUInt32LE(FLASH + 0x101, 4);
  return image;
}
