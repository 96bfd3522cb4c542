/**
 * What a simulated chip is to the things around it: the in-process transport, the test device /dev/i2c-N, the pty, the kernel rig.
 * Facts come from the protocol reference, never from src/protocol (a shared mistake could hide there).
 */

/** Milliseconds, fractions allowed. Virtual in tests, real for demos, benchmarks and other people's tools. */
export interface Clock {
  now(): number;
}

/** How an I2C transaction addressed to the chip ends. */
export type I2cAnswer =
  /** Address not acknowledged: off, booting, running its application, selected by another interface, or another address. */
  | { readonly kind: "nack" }
  /** Done; SCL is held for `stretchMs` before it completes. `bytes` for reads, of the length asked for. */
  | { readonly kind: "done"; readonly stretchMs: number; readonly bytes?: Uint8Array }
  /** The host broke the order or the length: SCL is held until the chip's time-out resets it, `stretchMs` from now. */
  | { readonly kind: "held"; readonly stretchMs: number };

/** Something that a real chip would punish, or that no document covers. Tests expect none. */
export interface Violation {
  readonly atMs: number;
  /** "write while a status was due: 11 EE" */
  readonly text: string;
}

export type ChipState = "off" | "held in reset" | "booting" | "bootloader" | "application";

export interface SimulatedChip {
  readonly name: string;
  readonly clock: Clock;
  readonly state: ChipState;
  readonly violations: readonly Violation[];
  /** Frames seen so far, for tests that count instead of timing. */
  readonly counters: {
    readonly i2cWrites: number;
    readonly i2cReads: number;
    readonly bytes: number;
    readonly erasedPages: number;
    readonly programmedBytes: number;
  };

  /** One write transaction START address+W bytes STOP. `restart`: it began with a repeated START (a violation). */
  i2cWrite(address: number, bytes: Uint8Array, restart?: boolean): I2cAnswer;
  i2cRead(address: number, length: number, restart?: boolean): I2cAnswer;
  /**
   * The host gave up on a transaction before `stretchMs` was over (its adapter's limit). The operation goes on in the chip;
   * whether the status byte is lost or still due is an open question: a switch of the chip.
   */
  i2cAbort(): void;

  /** One character on RX. @param parityOk false: wrong parity bit, or a host without parity where the ROM wants even. */
  uartReceive(byte: number, parityOk?: boolean): void;
  /** Characters on TX with the time each is due; the caller takes them away. */
  uartTake(): { readonly atMs: number; readonly byte: number }[];

  /** Levels of the pins. BOOT0 is sampled when NRST rises. */
  setBoot0(high: boolean): void;
  setNrst(high: boolean): void;
  setPower(on: boolean): void;

  /** Memory as a debugger would see it; writing flash through `poke` ignores NOR rules. */
  peek(address: number, length: number): Uint8Array;
  poke(address: number, bytes: Uint8Array): void;
  /** True when the flash holds a vector table that the core would start (initial SP in RAM, Thumb reset vector inside flash). */
  wouldBoot(): boolean;
}
