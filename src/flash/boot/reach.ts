/** Will BOOT0 still lead to the bootloader once the flash holds a program? Asked of the option bytes, before anything is written. */
import {
  bootBytes,
  bootRowOf,
  bootSelectionIsUnknown,
  fitsInverses,
  type BootRow,
} from "../../devices/options/boot.js";
import { valueOf } from "../../devices/options/field.js";
import type { Bootloader } from "../../protocol/bootloader.js";
import { RegisterReader } from "../chip/registers.js";
import type { Session } from "../chip/session.js";

/**
 * "by pin": BOOT0 counts, or the chip is none that could ignore it. "lost": it is ignored; `curable` by nBOOT_SEL. "unknown": the chip may
 * ignore it (`likely`: as delivered it does), and it was not possible to look.
 */
export type Reach =
  | { readonly kind: "by pin" }
  | { readonly kind: "lost"; readonly because: string; readonly curable: boolean }
  | { readonly kind: "unknown"; readonly because: string; readonly likely: boolean };

export async function reachOf({ device, loader }: Session): Promise<Reach> {
  if (!device) return { kind: "by pin" };
  if (bootSelectionIsUnknown(device))
    return {
      kind: "unknown",
      likely: false,
      because: "what its option bytes BOOT_SEL and BOOT0 do is not published",
    };
  const row = bootRowOf(device);
  if (!row) return { kind: "by pin" };
  const [area] = device.optionBytes;
  const options = area && (await optionsOf(loader, row, area.start));
  return options
    ? judge(row, options)
    : unseen(row, area ? "cannot be read" : "lie at an address that is not known");
}

/** Read Memory has no checksum; the inverses are one, and where they do not fit two readings have to agree. */
async function optionsOf(loader: Bootloader, row: BootRow, address: number): Promise<Uint8Array | undefined> {
  const reader = new RegisterReader(loader);
  const register = { address, length: bootBytes(row) };
  const once = await reader.read(register);
  return once === undefined || fitsInverses(once, row) ? once : reader.readTwice(register);
}

function unseen({ selector, pinWhen, factory }: BootRow, why: string): Reach {
  if (factory === pinWhen) return { kind: "by pin" };
  return {
    kind: "unknown",
    likely: true,
    because: `its option bytes ${why}, and a new one has ${selector.name} = ${factory}: BOOT0 is ignored and the bootloader runs only while the flash is empty`,
  };
}

function judge(
  { selector, pinWhen, nBoot0, nBoot1, bootLock, writable }: BootRow,
  options: Uint8Array,
): Reach {
  const lost = (because: string, curable: boolean): Reach => ({ kind: "lost", because, curable });
  if (bootLock && valueOf(options, bootLock) === 1)
    return lost("BOOT_LOCK = 1 in its option bytes: it always starts its flash", false);
  if (valueOf(options, nBoot1) === 0)
    return lost("nBOOT1 = 0 in its option bytes: a high BOOT0 starts SRAM", writable);
  const is = valueOf(options, selector);
  if (is === pinWhen || valueOf(options, nBoot0) === 0) return { kind: "by pin" };
  return lost(
    `${selector.name} = ${is} and nBOOT0 = 1 in its option bytes: BOOT0 is ignored and flash that is not empty is started`,
    writable,
  );
}

/** What a write of the first word of flash means for the next one; undefined where nothing is to be said. */
export function reachText(reach: Reach, write = "this write"): string | undefined {
  if (reach.kind === "lost")
    return `after ${write} the bootloader of this chip can no longer be reached by BOOT0, because ${reach.because}`;
  if (reach.kind === "unknown")
    return `after ${write} the bootloader of this chip may no longer be reached by BOOT0 (not known), because ${reach.because}`;
  return undefined;
}
