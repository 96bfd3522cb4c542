/** What a simulated chip has: memories, addresses, protocol versions. Made from a device row (device-facts.ts) or written by hand. */
import type { Range } from "../devices/device.js";
import type { I2cVersion, SpiVersion, UartVersion } from "./opcodes.js";
import type { OptionLayout } from "./option-layouts.js";

/** What the bootloader can be spoken to on. */
export type Bus = "i2c" | "uart" | "spi";

export interface FlashPage {
  readonly address: number;
  readonly size: number;
  readonly bank: 1 | 2;
  /** Its number in the Erase command. */
  readonly index: number;
}

export interface FlashFacts {
  readonly base: number;
  /** Bytes that exist, gaps not counted. */
  readonly size: number;
  /** Ascending by address. */
  readonly pages: readonly FlashPage[];
  readonly banks: 1 | 2;
  /** Smallest unit that is programmed at once; a write must start on a multiple of it. */
  readonly granule: number;
  /** The length of a write must be a multiple of this; the ROM fills the last granule (AN2606 rev 70 table 7). */
  readonly lengthAlign: number;
  readonly erasedValue: 0xff | 0x00;
  readonly massErase: boolean;
}

export interface ChipFacts {
  /** "stm32g071" */
  readonly name: string;
  /** "G0" */
  readonly series: string;
  /** "Cortex-M0": the only one without VTOR. */
  readonly core: string;
  readonly productId: number;
  readonly flash: FlashFacts;
  readonly ram: {
    readonly areas: readonly Range[];
    /** What the bootloader reads and writes: without its own part. */
    readonly accessible: readonly Range[];
    /** Where an initial stack pointer may point (at the end of one, not at its start); default the areas. */
    readonly stacks?: readonly Range[] | undefined;
  };
  readonly systemMemory: readonly Range[];
  /** 16-bit register with the flash size in KiB, and the 96-bit unique ID. */
  readonly sizeRegister?: number | undefined;
  /** What it says, where that is not the size. */
  readonly sizeRegisterKiB?: number | undefined;
  readonly uidRegister?: number | undefined;
  /** "V11.3" */
  readonly bootloaderVersion: string;
  readonly idAddress?: number | undefined;
  readonly idByte?: number | undefined;
  readonly optionBytes: readonly Range[];
  readonly optionLayout: OptionLayout;
  readonly otp?: Range | undefined;
  readonly dataEeprom?: Range | undefined;
  /** F2, F4, F7: FFFF0000 takes the supply range (AN3155 rev 20, Write Memory). */
  readonly voltageRegister: boolean;
  /** undefined: this bootloader has no I2C. */
  readonly i2c?:
    | {
        /** 7-bit. */
        readonly address: number;
        readonly protocol: I2cVersion;
        readonly timeoutMs: number;
        /** Where the list differs from the version's. */
        readonly opcodes?: readonly number[];
      }
    | undefined;
  readonly uart?:
    | {
        readonly protocol: UartVersion;
        readonly parity: "even" | "none";
        readonly opcodes?: readonly number[];
      }
    | undefined;
  readonly spi?:
    | {
        readonly protocol: SpiVersion;
        readonly opcodes?: readonly number[];
      }
    | undefined;
  /** 16-bit sub-commands of Special and Extended Special. */
  readonly specials: readonly number[];
  /** An empty flash starts the bootloader whatever BOOT0 says. */
  readonly emptyCheck: boolean;
  readonly startupMs: number;
}
