/** Opens the transport for a target. Each back-end is loaded only when it is asked for: the serial stack must not slow an I2C command. */
import { checkArgument, checkTable, FLAG, OBJECT, SIGNAL, type Table, whole } from "../arguments.js";
import { BootlaceError } from "../errors.js";
import { TARGET_ADDRESS } from "./arguments.js";
import type { I2cDevOptions } from "./i2c/dev.js";
import type { SerialOptions } from "./serial/serial.js";
import type { TargetAddress } from "./target.js";
import type { Transport } from "./transport.js";

export interface OpenOptions {
  readonly i2c?: Omit<I2cDevOptions, "path" | "address">;
  readonly serial?: Omit<SerialOptions, "path" | "baud" | "mode">;
}

const OPEN: Table<OpenOptions> = { i2c: OBJECT, serial: OBJECT };
const I2C: Table<NonNullable<OpenOptions["i2c"]>> = {
  retries: whole(0, 0xffff_ffff),
  maxFrame: whole(1, 0xffff),
  combine: FLAG,
};
const SERIAL: Table<NonNullable<OpenOptions["serial"]>> = {
  lowLatency: FLAG,
  dtr: FLAG,
  rts: FLAG,
  hangUp: FLAG,
  signal: SIGNAL,
};

/**
 * What it opens checks its lists of steps: USAGE, nothing sent, for what is none.
 * @throws BootlaceError USAGE for arguments of another type and for an I2C target without an address; what the back-ends throw
 */
export async function openTransport(target: TargetAddress, options: OpenOptions = {}): Promise<Transport> {
  checkArgument("target", TARGET_ADDRESS, target);
  checkTable(OPEN, options);
  const { i2c = {}, serial = {} } = options;
  checkTable(I2C, i2c);
  checkTable(SERIAL, serial);
  switch (target.kind) {
    case "i2c": {
      const { path, address } = target;
      if (address === undefined)
        throw new BootlaceError("USAGE", `${path}: which address?`, {
          hint: "Give it with --address, or name the chip with --chip; a scan of the bus looks for it.",
        });
      const { openI2cDev } = await import("./i2c/dev.js");
      return openI2cDev({ ...i2c, path, address });
    }
    case "serial": {
      const { openSerial } = await import("./serial/serial.js");
      return openSerial({ ...serial, path: target.path, baud: target.baud, mode: target.mode });
    }
    case "spi": {
      const { openSpiDev } = await import("./spi/dev.js");
      return openSpiDev(target);
    }
    case "sim": {
      const { openSim } = await import("./sim/sim.js");
      return openSim(target);
    }
  }
}
