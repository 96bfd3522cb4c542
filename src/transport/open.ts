/** Opens the transport for a target. Each back-end is loaded only when it is asked for: the serial stack must not slow an I2C command. */
import { BootlaceError } from "../errors.js";
import type { I2cDevOptions } from "./i2c/dev.js";
import type { SerialOptions } from "./serial/serial.js";
import type { TargetAddress } from "./target.js";
import type { Transport } from "./transport.js";

export interface OpenOptions {
  readonly i2c?: Omit<I2cDevOptions, "path" | "address">;
  readonly serial?: Omit<SerialOptions, "path" | "baud" | "mode">;
}

/** @throws BootlaceError USAGE for an I2C target without an address; what the back-ends throw */
export async function openTransport(
  target: TargetAddress,
  { i2c, serial }: OpenOptions = {},
): Promise<Transport> {
  switch (target.kind) {
    case "i2c": {
      const { path, address } = target;
      if (address === undefined)
        throw new BootlaceError(
          "USAGE",
          `${path}: which address? Give it with --address, or name the chip with --chip`,
        );
      const { openI2cDev } = await import("./i2c/dev.js");
      return openI2cDev({ ...i2c, path, address });
    }
    case "serial": {
      const { openSerial } = await import("./serial/serial.js");
      return openSerial({ ...serial, path: target.path, baud: target.baud, mode: target.mode });
    }
    case "sim": {
      const { openSim } = await import("./sim/sim.js");
      return openSim(target);
    }
  }
}
