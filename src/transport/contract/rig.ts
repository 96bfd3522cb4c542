/** What a transport is tried on, and what a case of the contract is. */
import type { Transport } from "../transport.js";

/** Of the chip on the other end: a simulated one (`createChip` of bootlace/simulator), blank, in its bootloader. */
export const CONTRACT_CHIP = { productId: 0x460, name: "stm32g071", pageEraseMs: 80 } as const;

/** A transport with a chip of its own, made for one case. */
export interface ContractRig {
  /** Just opened: nothing was sent yet. On the other end is a CONTRACT_CHIP. */
  readonly transport: Transport;
  /**
   * A transport of the same kind with nobody on the other end, and how a list fails on it: "timeout" where a host only hears silence
   * (UART), "system" where an address that nobody acknowledges is an error of the system (I2C).
   */
  openDeaf(): Promise<{ readonly transport: Transport; readonly failure: "timeout" | "system" }>;
  /** Ends what stands behind the transport, which is closed by then. */
  close(): Promise<void>;
}

export interface ContractCase {
  /** A sentence: what the transport promises. */
  readonly name: string;
  /** @param rig whose chip is at a command boundary. @throws Error that says what was expected */
  readonly check: (rig: ContractRig) => Promise<void>;
}
