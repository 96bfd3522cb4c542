/** Finding a GPIO line by chip and offset, by the chip's label, or by the line's name. */
import { join } from "node:path";
import { BootlaceError } from "../errors.js";
import { gpioChipNames } from "../host/gpio-chips.js";
import type { GpioBinding } from "./gpio-binding.js";
import type { GpioReference } from "./line-reference.js";

export interface GpioPlace {
  /** "/dev/gpiochip0" */
  readonly path: string;
  readonly offset: number;
}

/** @throws BootlaceError NO_DEVICE when there is none, USAGE when several have the name; SystemError of the addon */
export function findGpioLine(reference: GpioReference, native: GpioBinding, devFolder: string): GpioPlace {
  const { chip, line } = reference;
  if (chip === undefined) return findByName(String(line), native, devFolder);
  const offset = Number(line);
  const path = pathOf(chip, native, devFolder);
  const lines = withChip(native, path, (handle) => native.gpioChipInfo(handle).lines);
  if (offset < lines) return { path, offset };
  throw new BootlaceError("NO_DEVICE", `${path} has lines 0 to ${lines - 1}, there is no line ${offset}`);
}

function pathOf(chip: string, native: GpioBinding, devFolder: string): string {
  if (chip.startsWith("/")) return chip;
  if (/^gpiochip\d+$/.test(chip)) return join(devFolder, chip);
  const paths = chipPaths(devFolder).filter(
    (path) => withChip(native, path, (handle) => native.gpioChipInfo(handle).label) === chip,
  );
  return theOne(paths, `GPIO chip with the label "${chip}"`);
}

function findByName(name: string, native: GpioBinding, devFolder: string): GpioPlace {
  const places = chipPaths(devFolder).flatMap((path) =>
    withChip(native, path, (handle) =>
      Array.from({ length: native.gpioChipInfo(handle).lines }, (_, offset) => offset)
        .filter((offset) => native.gpioLineInfo(handle, offset).name === name)
        .map((offset) => ({ path, offset })),
    ),
  );
  const found = theOne(
    places.map(({ path, offset }) => `${path}:${offset}`),
    `GPIO line named "${name}"`,
  );
  return places.find(({ path, offset }) => `${path}:${offset}` === found)!;
}

function theOne(found: readonly string[], what: string): string {
  const [first, ...others] = found;
  if (first === undefined)
    throw new BootlaceError("NO_DEVICE", `there is no ${what}`, {
      hint: "`gpioinfo` of the package gpiod lists all lines.",
    });
  if (others.length > 0)
    throw new BootlaceError("USAGE", `there is more than one ${what}: ${found.join(", ")}`, {
      hint: "Name it by chip and number: gpiochip0:17.",
    });
  return first;
}

const chipPaths = (devFolder: string): string[] =>
  gpioChipNames(devFolder).map((name) => join(devFolder, name));

function withChip<T>(
  native: GpioBinding,
  path: string,
  use: (handle: ReturnType<GpioBinding["gpioOpen"]>) => T,
): T {
  const handle = native.gpioOpen(path);
  try {
    return use(handle);
  } finally {
    native.close(handle);
  }
}
