/** A small /sys, /proc and /dev in a temporary folder, made of files and links. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Path to text or bytes; a value that begins with "-> " is a link to that path inside the tree. */
export type Tree = Readonly<Record<string, string | Uint8Array>>;

export interface SystemTree extends Disposable {
  readonly root: string;
}

export function systemTree(tree: Tree): SystemTree {
  const root = mkdtempSync(join(tmpdir(), "bootlace-host-"));
  for (const [path, content] of Object.entries(tree)) {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    if (path.endsWith("/")) mkdirSync(full, { recursive: true });
    else if (typeof content === "string" && content.startsWith("-> "))
      symlinkSync(join(root, content.slice(3)), full);
    else writeFileSync(full, content);
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}

/** The big-endian words of a device tree property. */
export const cells = (...values: number[]): Uint8Array => {
  const bytes = new Uint8Array(4 * values.length);
  values.forEach((value, index) => new DataView(bytes.buffer).setUint32(4 * index, value));
  return bytes;
};

const PI_BUS = "sys/devices/platform/soc/fe804000.i2c";

/** Bus 1 of a Raspberry Pi 4 as sysfs shows it, with an EEPROM that at24 owns at 0x50 and a free device at 0x51. */
export const RASPBERRY_PI: Tree = {
  [`${PI_BUS}/i2c-1/name`]: "bcm2835 (i2c@7e804000)\n",
  [`${PI_BUS}/driver`]: "-> sys/bus/platform/drivers/i2c-bcm2835",
  [`${PI_BUS}/of_node/clock-frequency`]: cells(400_000),
  "sys/bus/platform/drivers/i2c-bcm2835/": "",
  "sys/bus/i2c/devices/i2c-1": `-> ${PI_BUS}/i2c-1`,
  "sys/class/i2c-dev/i2c-1/device": `-> ${PI_BUS}/i2c-1`,
  "sys/class/i2c-dev/i2c-1/name": "bcm2835 (i2c@7e804000)\n",
  "sys/bus/i2c/drivers/at24/": "",
  [`${PI_BUS}/i2c-1/1-0050/name`]: "24c32\n",
  [`${PI_BUS}/i2c-1/1-0050/driver`]: "-> sys/bus/i2c/drivers/at24",
  [`${PI_BUS}/i2c-1/1-0051/name`]: "24c32\n",
  "sys/bus/i2c/devices/1-0050": `-> ${PI_BUS}/i2c-1/1-0050`,
  "sys/bus/i2c/devices/1-0051": `-> ${PI_BUS}/i2c-1/1-0051`,
  "dev/i2c-1": "",
  "dev/i2c/sensors": "-> dev/i2c-1",
};
