/** Getting back to a command boundary after a broken command. No document defines an escape; each dialect has a way of its own. */
import type { Transport } from "../transport/transport.js";
import type { ResyncOptions } from "./dialect/dialect.js";
import { dialectOf } from "./dialect/table.js";

/** @throws BootlaceError DESYNCHRONISED, or what the bus says (NO_REPLY, TIMED_OUT, BUS_FAILED ...), when the chip does not come back in time */
export const resynchronise = (transport: Transport, options: ResyncOptions = {}): Promise<void> =>
  dialectOf(transport).resynchronise(transport, options);
