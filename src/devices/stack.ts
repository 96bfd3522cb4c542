/** Whether a word can be an initial stack pointer of a chip. */
import type { Device, Range } from "./device.js";

/** TrustZone parts see their RAM a second time here when code is secure. */
const SECURE_ALIAS = 0x1000_0000;

/** RAM where a stack can be; undefined when the row does not know the end of its RAM. */
export function stackAreas(device: Device): readonly Range[] | undefined {
  const { start, end, others = [] } = device.ram;
  if (end === undefined) return undefined;
  const areas = [{ start, end }, ...others];
  if (device.core?.startsWith("Cortex-M33") !== true) return areas;
  return [...areas, { start: start + SECURE_ALIAS, end: end + SECURE_ALIAS }];
}
