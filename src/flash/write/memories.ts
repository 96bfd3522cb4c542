/** Which memories of the chip an image has bytes for: the flash, and the data EEPROM of STM32L0 and L1. */
import type { Device, Range } from "../../devices/device.js";
import { BootlaceError } from "../../errors.js";
import type { MemoryImage } from "../../image/image.js";
import { outsideError, outsideOf } from "../../image/plausible.js";
import { cut, onlyWithin } from "../../image/transform.js";
import type { Session } from "../chip/session.js";
import { NOT_TOUCHED } from "../chip/usable.js";
import { flashRanges } from "../look/span.js";
import { outsideHint } from "./outside.js";

/** Each may be empty, not both. */
export interface ImageParts {
  readonly flash: MemoryImage;
  readonly eeprom: MemoryImage;
  /** What the reader took or left out, for notes. */
  readonly remarks: readonly string[];
}

export interface PartsOptions {
  /** For messages. */
  readonly file: string;
  readonly only?: "flash" | undefined;
}

/** Written like RAM: the chip erases each word by itself (AN3155 rev 20, AN4221 rev 14, Write Memory). H5's data flash is not of this kind. */
export function eepromOf(device: Device | undefined): Range | undefined {
  return device && ["L0", "L1"].includes(device.series) ? device.dataEeprom : undefined;
}

/** @throws BootlaceError IMAGE_INVALID for an image without bytes, IMAGE_OUTSIDE */
export function partsOf(session: Session, image: MemoryImage, { file, only }: PartsOptions): ImageParts {
  if (image.byteLength === 0)
    throw new BootlaceError("IMAGE_INVALID", `${file}: the image has no bytes`, { file });
  const flash = flashRanges(session.geometry);
  const eeprom = only === "flash" ? undefined : eepromOf(session.device);
  const wanted = only === "flash" ? onlyWithin(image, flash) : image;
  if (only !== "flash" || wanted.byteLength === 0)
    checkInside(session, image, { file, ranges: eeprom ? [...flash, eeprom] : flash });
  return {
    flash: cut(wanted, flash),
    eeprom: cut(wanted, eeprom ? [eeprom] : []),
    remarks: wanted.notes.remarks ?? [],
  };
}

interface Inside {
  readonly file: string;
  readonly ranges: readonly Range[];
}

function checkInside(session: Session, image: MemoryImage, { file, ranges }: Inside): void {
  const what = `the flash of ${session.chip.name}`;
  const error = outsideError(image, ranges, { file, what });
  if (!error) return;
  const hint = outsideHint(session, image, outsideOf(image, ranges));
  throw error.with({ chipState: NOT_TOUCHED, hint: hint ?? error.context.hint });
}
