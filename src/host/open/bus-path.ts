/** What people call an I2C bus, to its device node. */
import { BootlaceError } from "../../errors.js";
import { readTarget } from "./read-target.js";

/** @param bus 1, "1", "/dev/i2c-1" or "i2c:1". @throws BootlaceError USAGE for what names no I2C bus */
export function busPath(bus: string | number): string {
  const target = readTarget(String(bus));
  if (target.kind === "i2c") return target.path;
  const spi =
    target.kind === "spi" ? " Behind an SPI chip select is one chip: there is nothing to look for." : "";
  throw new BootlaceError("USAGE", `An I2C bus is expected, like 1 or /dev/i2c-1.${spi}`);
}
