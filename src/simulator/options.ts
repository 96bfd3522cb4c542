/** What a simulated chip can be made with, beside its facts: how it is started, what is wrong with it, which memory it has. */
import type { Clock } from "./chip.js";
import type { ChipFacts } from "./facts.js";
import type { ChipFault } from "./faults.js";
import type { ChipMemory } from "./memory-file.js";
import type { I2cVersion, SpiVersion, UartVersion } from "./opcodes.js";
import type { ReadoutLevel } from "./option-bytes.js";
import type { ChipQuirks } from "./quirks.js";
import type { ChipTimings } from "./timings.js";

export interface SpecialReply {
  readonly data: Uint8Array;
  readonly status: Uint8Array;
}

export interface ChipOptions {
  readonly facts: ChipFacts;
  /** Default: a VirtualClock of its own. */
  readonly clock?: Clock;
  /** 7-bit; default from the facts. */
  readonly i2cAddress?: number;
  readonly i2cProtocol?: I2cVersion;
  readonly uartProtocol?: UartVersion;
  readonly spiProtocol?: SpiVersion;
  /** Longest pause between two frames of one command; Infinity: no time-out. Default from the facts, 1000. */
  readonly i2cTimeoutMs?: number;
  /** What Get lists and the chip executes, instead of the version's list. */
  readonly i2cOpcodes?: readonly number[];
  readonly uartOpcodes?: readonly number[];
  readonly spiOpcodes?: readonly number[];
  /** Listed by Get and refused, as by a bootloader that has no code for them (Open Bootloader v3.0.1 and Get Checksum). */
  readonly unhandledOpcodes?: readonly number[];
  readonly timings?: Partial<ChipTimings>;
  /** On top of what the row of this product ID and bootloader version says. */
  readonly quirks?: Partial<ChipQuirks>;
  /** What Special and Extended Special answer, by sub-command. Default: no data, one status byte 00. */
  readonly specialReplies?: Readonly<Record<number, SpecialReply>>;
  /**
   * Default "board": a chip that has been set up for its board, its pin BOOT0 counts. "factory": as delivered; G0, C0 and U0 then ignore
   * the pin and are in their bootloader only while their flash is empty. A memory file that holds option bytes has the last word.
   */
  readonly optionBytes?: "board" | "factory";
  readonly readoutLevel?: ReadoutLevel;
  /** Codes of Write Protect that are in force from the start. */
  readonly writeProtected?: readonly number[];
  /** Level of BOOT0 at power-on. Default high: the chip is in its bootloader. */
  readonly boot0?: boolean;
  /** Default true. */
  readonly powered?: boolean;
  /** Of what interrupted erases leave and of RAM after power-on. */
  readonly seed?: number;
  readonly faults?: readonly ChipFault[];
  /** Keeps flash, option bytes and EEPROM between runs. */
  readonly memory?: ChipMemory | undefined;
}
