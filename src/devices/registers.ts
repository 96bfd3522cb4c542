/** Where a chip says how much flash it has and who it is, and how the bootloader lets that be read. */
import type { Device } from "./device.js";

/** One Read Memory: `length` bytes from `address`; what is wanted starts `offset` bytes into them. */
export interface ReadPlan {
  readonly address: number;
  readonly length: number;
  readonly offset: number;
}

/** Blocks that stand for registers which some ROMs refuse to read in a few bytes. Seen on L0 and F4 parts, not documented. */
const BLOCKS: readonly { readonly series: string; readonly address: number; readonly length: number }[] = [
  { series: "L0", address: 0x1ff8_0000, length: 128 },
  { series: "F4", address: 0x1fff_7a00, length: 256 },
];

const UID_BYTES = 12;
/** RM0367 and RM0038: on L0 and L1 the third word of the unique ID stands apart. */
const SCATTERED_UID = [0x00, 0x04, 0x14];

/** How to read the flash size; undefined where it cannot be read through the bootloader (WB0, WL3). */
export function sizeReadPlan(device: Device): ReadPlan | undefined {
  return planFor(device, device.flash.sizeRegister, 4);
}

/** The size in KiB in a block read by `sizeReadPlan`. */
export function flashSizeFrom(device: Device, block: Uint8Array): number {
  const offset = sizeReadPlan(device)?.offset ?? 0;
  const low = block[offset]!;
  const raw = low | (block[offset + 1]! << 8);
  // RM0038: codes on cat. 3 and 4 of L1 (0 is 384 KB, 1 is 256 KB), the low byte alone on cat. 2.
  if (device.productId === 0x436 && raw <= 1) return raw === 0 ? 384 : 256;
  return device.productId === 0x429 ? low : raw;
}

/** How to read the unique ID; undefined where it cannot be read or is not known. */
export function uidReadPlan(device: Device): ReadPlan | undefined {
  return planFor(
    device,
    device.flash.uidRegister,
    hasScatteredUid(device) ? SCATTERED_UID[2]! + 4 : UID_BYTES,
  );
}

/** The 12 bytes of the unique ID, in address order, in a block read by `uidReadPlan`. */
export function uidFrom(device: Device, block: Uint8Array): Uint8Array {
  const offset = uidReadPlan(device)?.offset ?? 0;
  if (!hasScatteredUid(device)) return block.slice(offset, offset + UID_BYTES);
  return Uint8Array.from(
    SCATTERED_UID.flatMap((word) => [...block.subarray(offset + word, offset + word + 4)]),
  );
}

const hasScatteredUid = ({ series }: Device): boolean => series === "L0" || series === "L1";

function planFor(device: Device, register: number | undefined, length: number): ReadPlan | undefined {
  if (register === undefined) return undefined;
  const block = BLOCKS.find(({ series }) => series === device.series);
  if (block) return { address: block.address, length: block.length, offset: register - block.address };
  // Whole words: some ROMs refuse less.
  const address = register - (register % 4);
  return { address, length, offset: register - address };
}
