/** How much flash a chip has, by its register or by the user, and what to think of it: clones and parts that were never programmed say nothing or nonsense. */
import { KiB, type Device, type Range } from "../../devices/device.js";
import { plausibleFlashSize } from "../../devices/geometry.js";
import { flashSizeFrom, sizeReadPlan } from "../../devices/registers.js";
import { BootlaceError, hex } from "../../errors.js";
import type { RegisterReader } from "./registers.js";
import type { Session } from "./session.js";

export interface FlashSize {
  /** Absent: the chip does not say, and the largest member is assumed. */
  readonly bytes?: number;
  /** One sentence for the user, where the size is in doubt. */
  readonly doubt?: string;
}

/** @throws BootlaceError USAGE for more than any member has: what pages such a chip has, its row does not say */
export function givenFlashSize(device: Device, bytes: number): FlashSize {
  const { name, flash } = device;
  if (plausibleFlashSize(device, bytes / KiB)) return { bytes };
  if (bytes >= flash.sectors[0]!.size && bytes <= flash.maxSize)
    return {
      bytes,
      doubt: `No ${name} is sold with ${bytes / KiB} KiB of flash (${sold(device)}): taken as given, cut to whole ${flash.unit}s.`,
    };
  throw new BootlaceError(
    "USAGE",
    `no ${name} has a flash of ${bytes} bytes: ${flash.maxSize / KiB} KiB is the most that this product ID has`,
    { hint: "For another chip that answers with this product ID give --page-size too." },
  );
}

/** Nothing in doubt. */
const NOT_ASKED: FlashSize = {};

export async function flashSizeOf(reader: RegisterReader, device: Device): Promise<FlashSize> {
  const plan = sizeReadPlan(device);
  const first = plan && (await reader.read(plan));
  if (!plan || !first) return notRead(reader, device);
  const kib = flashSizeFrom(device, first);
  if (plausibleFlashSize(device, kib)) return { bytes: kib * KiB };
  // A flipped bit makes nonsense too: what no member has must come twice.
  const again = await reader.readTwice(plan);
  return again ? judged(device, flashSizeFrom(device, again)) : notRead(reader, device);
}

/** A chip that is protected refuses everything else too; one that comes in one size has no other. */
function notRead(reader: RegisterReader, device: Device): FlashSize {
  if (reader.protected || device.flash.sizesKiB.length === 1) return NOT_ASKED;
  return { doubt: `Its flash size cannot be read through the bootloader: ${assumed(device)}` };
}

function judged(device: Device, kib: number): FlashSize {
  const { sectors, maxSize } = device.flash;
  const bytes = kib * KiB;
  if (plausibleFlashSize(device, kib)) return { bytes };
  if (bytes >= sectors[0]!.size && bytes <= maxSize)
    return {
      bytes,
      doubt: `Its flash size register says ${kib} KiB, which no ${device.name} has (${sold(device)}): taken as it is. --flash-size gives another size.`,
    };
  const said = kib === 0 || kib === 0xffff ? `is blank (${hex(kib, 4)})` : `says ${kib} KiB`;
  return { doubt: `Its flash size register ${said}: ${assumed(device)}` };
}

const assumed = (device: Device): string =>
  `${device.flash.maxSize / KiB} KiB is assumed, the most that any ${device.name} has (${sold(device)}). --flash-size gives the size.`;

const sold = ({ flash: { sizesKiB, maxSize } }: Device): string =>
  sizesKiB.length > 0 ? `sold: ${sizesKiB.join(", ")} KiB` : `sold: up to ${maxSize / KiB} KiB`;

/** Parts are sold with more flash than their size register says: STM32F103x8 with 128 KiB, for example. */
export function sizeHint({ device, geometry, chip }: Session, outside: readonly Range[]): string | undefined {
  if (!device || chip.flashSizeFrom !== "size register") return undefined;
  const { base, maxSize, sizesKiB } = device.flash;
  const end = Math.max(...outside.map((part) => part.end));
  const inGap = end <= geometry.end; // between two banks: no size says otherwise
  if (inGap || outside[0]!.start < base || end > base + maxSize || maxSize <= geometry.size) return undefined;
  const size = sizesKiB.find((kib) => base + kib * 1024 >= end) ?? maxSize / 1024;
  return `The chip says that it has ${geometry.size / 1024} KiB. If you know that it has more, say so with --flash-size ${size}k.`;
}
