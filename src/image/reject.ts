/** The one shape of "this file is not what it should be": file, line or offset, and what is wrong there. */

import { BootlaceError, hex } from "../errors.js";
import type { ErrorContext } from "../errors.js";
import type { Place } from "./image.js";

/** "fw.hex, line 12" or "fw.elf, offset 0x00000034". */
export function placeText(name: string, place: Place | undefined): string {
  const file = place?.file ?? name;
  if (place?.line !== undefined) return `${file}, line ${place.line}`;
  return place?.offset === undefined ? file : `${file}, offset ${hex(place.offset)}`;
}

export function rejected(file: string, place: Place, what: string, more: ErrorContext = {}): BootlaceError {
  return new BootlaceError("IMAGE_INVALID", `${placeText(file, place)}: ${what}`, {
    file,
    ...place,
    ...more,
  });
}
