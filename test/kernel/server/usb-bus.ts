/** Waits for the I2C bus that the kernel's driver makes of a USB device. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** hid-mcp2221 drops the answers that come while it starts, and waits 4 s for each: half a minute for all. */
const MOST_TRIES = 1200;
const ROOT = "/sys/class/i2c-dev";

/**
 * @param gpio a HID driver that makes a GPIO chip after its bus: its device is not usable before
 * @returns N of /dev/i2c-N
 */
export async function busNamed(name: RegExp, gpio?: string): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const found = readdirSync(ROOT).find((bus) => name.test(readFileSync(`${ROOT}/${bus}/name`, "utf8")));
    if (found !== undefined && (gpio === undefined || hasGpio(gpio)))
      return Number(found.slice("i2c-".length));
    await sleep(50);
  }
  throw new Error(`the kernel did not make an I2C bus ${name.source} of the device`);
}

function hasGpio(driver: string): boolean {
  const folder = `/sys/bus/hid/drivers/${driver}`;
  const devices = readdirSync(folder).filter((name) => name.startsWith("0003:"));
  return devices.some((name) =>
    readdirSync(`${folder}/${name}`).some((entry) => entry.startsWith("gpiochip")),
  );
}
