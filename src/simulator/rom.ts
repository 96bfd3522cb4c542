/** What the commands of the simulated bootloader know of it. */
import type { Bus } from "./facts.js";
import type { Mcu } from "./mcu.js";

/** A bootloader that has chosen its interface. */
export interface Rom {
  readonly mcu: Mcu;
  readonly bus: Bus;
  /** Protocol version as Get sends it: 0x12 on I2C, 0x31 on UART, 0x11 on SPI. */
  readonly version: number;
  /** In the order of the Get reply. */
  readonly opcodes: readonly number[];
  /** The ROM's own time: later than the clock while it is busy. */
  readonly nowMs: number;
  /** Until when the ROM looks at nothing that the host does. */
  busyUntilMs: number;
  /** Set by a misaligned write on chips that punish it. */
  writesFail: boolean;
}
