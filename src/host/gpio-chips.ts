/** The GPIO chips of this machine: nodes in /dev. */
import { readdirSync } from "node:fs";

/**
 * "gpiochip0", "gpiochip10": each chip once, by number. Raspberry Pi OS links gpiochip4 to gpiochip0 (60-gpiochip4.rules): a link is a
 * second name, not a second chip.
 */
export function gpioChipNames(devFolder: string): string[] {
  const number = (name: string): number => Number(name.slice("gpiochip".length));
  return readdirSync(devFolder, { withFileTypes: true })
    .filter((entry) => /^gpiochip\d+$/.test(entry.name) && !entry.isSymbolicLink())
    .map(({ name }) => name)
    .sort((a, b) => number(a) - number(b));
}
