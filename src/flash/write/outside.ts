/** An image with bytes where the chip has no memory that the job writes: what lies there, and what to try. */
import { flashAliases } from "../../devices/aliases.js";
import type { Device, Range } from "../../devices/device.js";
import { hex } from "../../errors.js";
import type { MemoryImage } from "../../image/image.js";
import type { Outside } from "../../image/plausible.js";
import { sizeHint } from "../chip/flash-size.js";
import type { Session } from "../chip/session.js";

/** @param outside the parts of the image outside, not empty; undefined where nothing better is known than the error's own hint */
export function outsideHint(
  session: Session,
  image: MemoryImage,
  outside: readonly Outside[],
): string | undefined {
  const first = outside[0]!;
  return (
    aliasHint(session, image, first) ??
    rawHint(session, image, first) ??
    sizeHint(session, outside) ??
    memoryHint(session, image, first)
  );
}

/** The image was linked for another address of the same flash. */
function aliasHint(
  { device, geometry }: Session,
  image: MemoryImage,
  { start }: Outside,
): string | undefined {
  const alias = device && flashAliases(device).find((at) => start >= at && start < at + geometry.size);
  if (alias === undefined || image.end - alias > geometry.size) return undefined;
  const offset = geometry.base - alias;
  return `${hex(alias)} is another address of the flash at ${hex(geometry.base)}: move the image with --offset ${offset < 0 ? "-" : ""}${hex(Math.abs(offset))}.`;
}

/** A raw binary went to where most chips have their flash. */
function rawHint({ geometry }: Session, { format, start }: MemoryImage, first: Outside): string | undefined {
  if (format !== "bin" || first.start !== start || start === geometry.base) return undefined;
  if (start >= geometry.base && start < geometry.end) return undefined;
  return `The flash of this chip begins at ${hex(geometry.base)}: give --base ${hex(geometry.base)}.`;
}

function memoryHint(
  { device, geometry }: Session,
  image: MemoryImage,
  { start }: Outside,
): string | undefined {
  const memory = memoryAt(device, start);
  const what = memory === undefined ? "" : `${hex(start)} is ${memory}. `;
  if (image.within(geometry.base, geometry.end).length > 0)
    return `${what}To write what lies in the flash and leave the rest out: --only flash.`;
  if (memory === "RAM") return `${what}The image was linked to run from there.`;
  return memory === undefined ? undefined : `${what}This job writes flash only.`;
}

/** AN2606's own areas of the chip; Armv7-M Architecture Reference Manual, "The system address map", for external memory. */
function memoryAt(device: Device | undefined, address: number): string | undefined {
  const inside = (range: Range | undefined): boolean =>
    range !== undefined && address >= range.start && address < range.end;
  if (address >= 0x6000_0000 && address < 0xa000_0000) return "external memory";
  if (device?.optionBytes.some(inside)) return "in the option bytes";
  if (inside(device?.otp)) return "one-time programmable memory";
  if (inside(device?.dataEeprom)) return "data memory";
  if (device?.systemMemory.some(inside)) return "the bootloader's own memory";
  return address >= 0x2000_0000 && address < 0x4000_0000 ? "RAM" : undefined;
}
