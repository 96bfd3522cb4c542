/**
 * What a simulated chip is to the things around it: the in-process transport, the test device /dev/i2c-N, the pty, the kernel rig.
 * Facts come from the protocol reference, never from src/protocol (a shared mistake could hide there).
 */
import type { ChipFault } from "./faults.js";

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
  /**
   * The host broke the order or the length: SCL is held until the chip's time-out resets it, `stretchMs` from now; Infinity for a chip
   * without one. Then nobody is there any more: what is left of a write is not acknowledged, a read gets FF.
   */
  | { readonly kind: "held"; readonly stretchMs: number };

export type ViolationKind =
  /** A frame in the wrong direction, a repeated START, a character while the chip was busy, wrong parity. */
  | "order"
  /** A frame longer or shorter than the protocol says. */
  | "length"
  /** The one short read that a careful host cannot avoid: Get, whose length it does not know before it has read N. */
  | "short get"
  /** Programming what is not erased, or while the flash controller is busy. */
  | "flash"
  /** Address or length of a write off the flash's granule. */
  | "alignment"
  /** A read that runs past the end of a memory. */
  | "range";

/** Something that a real chip would punish, or that no document covers. Tests expect none. */
export interface Violation {
  readonly atMs: number;
  readonly kind: ViolationKind;
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
    readonly resets: number;
    /** What faults are counted by: flash operations begun, status bytes sent, frames that reached the bootloader. */
    readonly operations: number;
    readonly statuses: number;
    readonly frames: number;
  };
  /** Where the last Go went. */
  readonly jumpTarget: number | undefined;
  /** In force, not what the option bytes say for after the next reset. */
  readonly readoutLevel: 0 | 1 | 2;

  /**
   * One write transaction START address+W bytes STOP. To be called when the last byte is over on the wire: the chip looks at the frame
   * then, and holds SCL for `stretchMs` from there.
   * @param restart it began with a repeated START (a violation)
   */
  i2cWrite(address: number, bytes: Uint8Array, restart?: boolean): I2cAnswer;
  /** One read transaction. To be called when the address is over: SCL is held for `stretchMs` before the first byte. */
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

  /**
   * One byte on SPI, in mode 0, with NSS low. To be called when its last bit is over.
   * @param gapUs since the byte before it
   * @returns what was on MISO meanwhile; 00 from a chip that does not drive it
   */
  spiExchange(mosi: number, gapUs?: number): number;

  /** Levels of the pins. BOOT0 is sampled when NRST rises. */
  setBoot0(high: boolean): void;
  setNrst(high: boolean): void;
  setPower(on: boolean): void;

  /** Memory as a debugger would see it; writing flash through `poke` ignores NOR rules. */
  peek(address: number, length: number): Uint8Array;
  poke(address: number, bytes: Uint8Array): void;
  /** Orders a fault; its index counts from now. */
  inject(fault: ChipFault): void;
  /** Takes back the faults that have not struck yet. */
  calm(): void;
  /** True when the flash holds a vector table that the core would start (initial SP in RAM, Thumb reset vector inside flash). */
  wouldBoot(): boolean;
  /** Closes the memory file, if there is one. */
  close(): void;
}
