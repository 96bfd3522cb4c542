/**
 * A GPIO number of the old sysfs interface, as -i has it, to a line of a GPIO chip. The kernel counts all lines of all chips
 * through; where a chip's numbers begin it tells in /sys/class/gpio (CONFIG_GPIO_SYSFS) or in debugfs, or nowhere.
 */
import { join } from "node:path";
import { BootlaceError } from "../../errors.js";
import { namesIn, readText, resolveLink, SYSTEM_ROOT } from "../../host/sysfs.js";
import type { GpioReference } from "../../lines/line-reference.js";

interface NumberedChip {
  /** "gpiochip0", or the label where the device's name is not certain. */
  readonly chip: string;
  readonly label: string;
  readonly base: number;
  readonly lines: number;
}

/** @throws BootlaceError NO_DEVICE that says which numbers there are, or what to use where the kernel tells none */
export function gpioByNumber(number: number, root = SYSTEM_ROOT): GpioReference {
  const chips = numberedChips(root);
  const found = chips.find(({ base, lines }) => number >= base && number < base + lines);
  if (!found) throw notFound(number, chips);
  return { kind: "gpio", chip: found.chip, line: number - found.base, inverted: false, openDrain: false };
}

function numberedChips(root: string): readonly NumberedChip[] {
  const bySysfs = namesIn(join(root, "sys/class/gpio"))
    .filter((name) => /^gpiochip\d+$/.test(name))
    .map((name) => fromSysfs(join(root, "sys/class/gpio", name)))
    .filter((chip) => chip !== undefined);
  return bySysfs.length > 0 ? bySysfs : fromDebugfs(readText(join(root, "sys/kernel/debug/gpio")) ?? "");
}

/** /sys/class/gpio/gpiochip512: the number in its name is the base, its device is the parent of the real gpiochip0. */
function fromSysfs(folder: string): NumberedChip | undefined {
  const base = Number(readText(join(folder, "base")) ?? Number.NaN);
  const lines = Number(readText(join(folder, "ngpio")) ?? Number.NaN);
  if (Number.isNaN(base) || Number.isNaN(lines)) return undefined;
  const label = readText(join(folder, "label")) ?? "";
  const device = resolveLink(join(folder, "device"));
  const names = device === undefined ? [] : namesIn(device).filter((name) => /^gpiochip\d+$/.test(name));
  return { chip: names.length === 1 ? names[0]! : label, label, base, lines };
}

/** "gpiochip0: GPIOs 512-569, parent: platform/fe200000.gpio, pinctrl-bcm2711:" */
function fromDebugfs(text: string): NumberedChip[] {
  return [...text.matchAll(/^(gpiochip\d+): GPIOs (\d+)-(\d+).*?([^\s,]+):$/gm)].map(
    ([, chip, first, last, label]) => ({
      chip: chip!,
      label: label!,
      base: Number(first),
      lines: Number(last) - Number(first) + 1,
    }),
  );
}

function notFound(number: number, chips: readonly NumberedChip[]): BootlaceError {
  if (chips.length === 0)
    return new BootlaceError("NO_DEVICE", `this kernel does not tell which line GPIO ${number} of -i is`, {
      hint: `Global GPIO numbers belong to the old sysfs interface, which this kernel does not have. \`bootlace write\` takes lines by chip and offset, or by name, with --reset-sequence and --line; \`gpioinfo\` lists them.`,
    });
  const ranges = chips
    .map(({ label, base, lines }) => `${base} to ${base + lines - 1} (${label})`)
    .join(", ");
  const [largest] = [...chips].sort((a, b) => b.lines - a.lines);
  const hint =
    number < largest!.lines
      ? `Since Linux 6.6 the numbers of many boards begin at 512: line ${number} of ${largest!.label} is ${largest!.base + number} here.`
      : "`gpioinfo` of the package gpiod lists all lines.";
  return new BootlaceError("NO_DEVICE", `there is no GPIO ${number}: this kernel has ${ranges}`, { hint });
}
