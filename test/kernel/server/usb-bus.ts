/** Waits for the I2C bus that the kernel's driver makes of a USB device. */
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { readText } from "../../../src/host/sysfs.js";

/** hid-mcp2221 drops the answers that come while it starts, and waits 4 s for each: half a minute for all. */
const MOST_TRIES = 1200;
const ROOT = "/sys/class/i2c-dev";

/**
 * @param gpio a HID driver that makes a GPIO chip after its bus: its device is not usable before
 * @returns N of /dev/i2c-N
 */
export async function busNamed(name: RegExp, gpio?: string): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const found = busOf(name);
    if (found !== undefined && (gpio === undefined || hasGpio(gpio)))
      return Number(found.slice("i2c-".length));
    await sleep(50);
  }
  throw new Error(`the kernel did not make an I2C bus ${name.source} of the device`);
}

/** After the plug was pulled. */
export async function busGone(name: RegExp): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES && busOf(name) !== undefined; tries++) await sleep(50);
}

const busOf = (name: RegExp): string | undefined =>
  readdirSync(ROOT).find((bus) => name.test(readText(`${ROOT}/${bus}/name`) ?? ""));

function hasGpio(driver: string): boolean {
  const folder = `/sys/bus/hid/drivers/${driver}`;
  const devices = readdirSync(folder).filter((name) => name.startsWith("0003:"));
  return devices.some((name) =>
    readdirSync(`${folder}/${name}`).some((entry) => entry.startsWith("gpiochip")),
  );
}
