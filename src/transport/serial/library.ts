/** The `serialport` package: optional, because its installation can fail where it has no binary; loaded when a port is asked for. */
import { BootlaceError } from "../../errors.js";
import { tellLibc } from "../../native/libc.js";

/** @throws BootlaceError SERIALPORT_MISSING: not installed, or its binary does not load */
export async function serialport(): Promise<typeof import("serialport")> {
  tellLibc();
  try {
    return await import("serialport");
  } catch (cause) {
    const absent = String((cause as NodeJS.ErrnoException).code).endsWith("MODULE_NOT_FOUND");
    const why = absent ? "is not installed" : `does not load on ${process.platform}-${process.arch}`;
    throw new BootlaceError(
      "SERIALPORT_MISSING",
      `the package serialport, which opens serial ports, ${why}`,
      {},
      { cause },
    );
  }
}
