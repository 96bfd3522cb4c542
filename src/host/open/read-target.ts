/** A target's text to its address, links of udev included: numbers of buses and ports change with every plug, names do not. */
import { readlinkSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { kindOfDevice, parseTarget, type TargetAddress } from "../../transport/target.js";

/** @throws BootlaceError USAGE when neither the text nor what it links to says what it is */
export const readTarget = (text: string): TargetAddress => parseTarget(withKind(text));

/** "/dev/motor-bus" leads to /dev/i2c-3: "i2c:/dev/motor-bus". The link stays the name. */
function withKind(text: string): string {
  const [path] = /^[^@?]*/.exec(text)!;
  if (!path.includes("/") || /^(i2c|serial|spi|sim):/.test(path) || kindOfDevice(path) !== undefined)
    return text;
  const kind = kindOfDevice(linkedTo(path));
  return kind === undefined ? text : `${kind}:${text}`;
}

/** As Linux counts (MAXSYMLINKS of include/linux/namei.h). */
const MOST_LINKS = 40;

/** Where a link leads, also where nothing is there at the moment. */
export function linkedTo(path: string): string {
  let at = resolve(path);
  for (let i = 0; i < MOST_LINKS; i++) {
    try {
      at = resolve(dirname(at), readlinkSync(at));
    } catch {
      return at;
    }
  }
  return at;
}
