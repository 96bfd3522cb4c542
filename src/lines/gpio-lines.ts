/**
 * Lines of GPIO chips, through the character device (uAPI v2, include/uapi/linux/gpio.h). sysfs GPIO is gone from today's kernels.
 * A line is requested when it is first set, with that value, so that it never shows another one.
 */
import { BootlaceError, isSystemError } from "../errors.js";
import type { SystemError } from "../errors.js";
import { GPIO_FLAG } from "../native/binding.js";
import type { GpioChipHandle, GpioLinesHandle } from "../native/binding.js";
import type { GpioBinding } from "./gpio-binding.js";
import { findGpioLine } from "./gpio-search.js";
import { formatLineReference } from "./line-reference.js";
import type { GpioReference } from "./line-reference.js";
import type { LineDriver } from "./line-driver.js";
import type { Level } from "./sequence.js";

interface OpenLine {
  readonly chip: GpioChipHandle;
  readonly lines: GpioLinesHandle;
  level: Level;
}

export class GpioLines implements LineDriver {
  readonly #references: ReadonlyMap<string, GpioReference>;
  readonly #native: GpioBinding;
  readonly #devFolder: string;
  readonly #open = new Map<string, OpenLine>();

  constructor(references: ReadonlyMap<string, GpioReference>, native: GpioBinding, devFolder = "/dev") {
    this.#references = references;
    this.#native = native;
    this.#devFolder = devFolder;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the kernel answers at once; others of the interface wait
  async set(values: ReadonlyMap<string, Level>): Promise<void> {
    for (const [name, level] of values) {
      const reference = this.#references.get(name);
      if (!reference) throw new BootlaceError("INTERNAL", `no GPIO line is bound to ${name}`);
      try {
        this.#setOne(name, reference, level);
      } catch (error) {
        throw isSystemError(error) ? failure(name, reference, error) : error;
      }
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async release(): Promise<void> {
    for (const { chip, lines } of this.#open.values()) {
      this.#native.close(lines);
      this.#native.close(chip);
    }
    this.#open.clear();
  }

  #setOne(name: string, reference: GpioReference, level: Level): void {
    const open = this.#open.get(name);
    if (!open) {
      this.#open.set(name, this.#request(reference, level));
      return;
    }
    const sameDirection = (open.level === "z") === (level === "z");
    if (sameDirection && level !== "z") this.#native.gpioSet(open.lines, valuesOf(level));
    else if (!sameDirection)
      this.#native.gpioConfigure(open.lines, flagsOf(reference, level), valuesOf(level));
    open.level = level;
  }

  #request(reference: GpioReference, level: Level): OpenLine {
    const place = findGpioLine(reference, this.#native, this.#devFolder);
    const chip = this.#native.gpioOpen(place.path);
    try {
      const offsets = Uint32Array.of(place.offset);
      const lines = this.#native.gpioRequest(chip, offsets, flagsOf(reference, level), valuesOf(level));
      return { chip, lines, level };
    } catch (error) {
      const consumer = consumerOf(this.#native, chip, place.offset);
      this.#native.close(chip);
      if (!isSystemError(error) || error.code !== "EBUSY") throw error;
      const line = formatLineReference(reference);
      throw new BootlaceError(
        "TARGET_LOCKED",
        `GPIO line ${line} is in use by ${consumer}`,
        {},
        { cause: error },
      );
    }
  }
}

const valuesOf = (level: Level): Uint8Array => (level === "z" ? new Uint8Array(0) : Uint8Array.of(level));

function flagsOf(reference: GpioReference, level: Level): number {
  const inverted = reference.inverted ? GPIO_FLAG.activeLow : 0;
  if (level === "z") return GPIO_FLAG.input | inverted;
  return GPIO_FLAG.output | inverted | (reference.openDrain ? GPIO_FLAG.openDrain : 0);
}

function consumerOf(native: GpioBinding, chip: GpioChipHandle, offset: number): string {
  try {
    const { consumer } = native.gpioLineInfo(chip, offset);
    return consumer === "" ? "another program or driver" : `"${consumer}"`;
  } catch {
    return "another program or driver";
  }
}

function failure(name: string, reference: GpioReference, cause: SystemError): BootlaceError {
  const line = formatLineReference(reference);
  if (cause.code === "EACCES" || cause.code === "EPERM")
    return new BootlaceError("NO_PERMISSION", `no permission to use GPIO line ${line}`, {}, { cause });
  if (cause.code === "ENOENT")
    return new BootlaceError("NO_DEVICE", `there is no GPIO chip for ${line}`, {}, { cause });
  return new BootlaceError("RESET_FAILED", `${name}: GPIO line ${line}: ${cause.message}`, {}, { cause });
}
