/** Shape of a device row. A row is data only: no methods, no inheritance, addresses in bytes, ranges half-open. */
export interface Device {
  /** Product ID, as Get ID returns it. */
  readonly productId: number;
  /** AN2606's name, "STM32G07xxx/08xxx". */
  readonly name: string;
  /** Orderable families, "STM32G071": what a user types, in any case, with or without the rest of the order code. */
  readonly parts: readonly string[];
  /** "G0", "F4", "H7", ... */
  readonly series: string;
  readonly core?: string;
  readonly flash: Flash;
  readonly ram: {
    readonly start: number;
    /** First address after the SRAM of the largest member, aliases that follow it included. */
    readonly end?: number;
    /** Further RAM where a program may have its stack: CCM, AXI, SRAM4, ... */
    readonly others?: readonly Range[];
    /** What the bootloader reads and writes, without what it uses itself. */
    readonly accessible: readonly Range[];
  };
  readonly systemMemory: readonly Range[];
  /** Ranges, because some chips have two. */
  readonly optionBytes: readonly Range[];
  readonly otp?: Range;
  readonly dataEeprom?: Range;
  /** One per bootloader version of one product; several products may share a product ID. */
  readonly bootloaders: readonly BootloaderRow[];
  /** Longest pause between two frames of one I2C command; then the chip resets itself. */
  readonly i2cTimeoutMs?: number;
  /** Sub-commands of Special and Extended Special, AN2606's wording in our words. */
  readonly specialCommands: readonly string[];
  readonly emptyCheck?: { readonly flag?: "OBL_LAUNCH" | "PEMPTY"; readonly clearedBy: readonly string[] };
  readonly notes: readonly string[];
}

export interface Flash {
  readonly base: number;
  /** Of the largest member, in bytes. */
  readonly maxSize: number;
  /** Sizes that are sold, ascending. Empty: not known. */
  readonly sizesKiB: readonly number[];
  /** 16-bit register with the size in KiB. How to read it: `sizeReadPlan`. */
  readonly sizeRegister?: number;
  readonly uidRegister?: number;
  /** Erase units of the largest member in address order: `count` of `size` bytes each. */
  readonly sectors: readonly Sectors[];
  /** "page" where all are alike and numbered through, "sector" on F2, F4, F7, H7. Only the word differs for users. */
  readonly unit: "page" | "sector";
  readonly dualBank?: DualBank;
  /** Layouts under other option bits; `geometryOf` takes their key. */
  readonly alternates: readonly Alternate[];
  /** Address and length of a write are multiples of this. */
  readonly writeAlign: number;
  readonly erasedValue: 0xff | 0x00;
  /** undefined: not documented. */
  readonly massErase?: boolean;
}

export interface DualBank {
  /** Of the largest member, in bytes. */
  readonly bankSize: number;
  readonly bank2FirstIndex: number;
  /**
   * Members smaller than the largest. "halved": both banks shrink, no gap, numbers run on. "gap": both shrink, address and
   * numbers of bank 2 stay. "shorter": bank 1 is full, bank 2 has the rest. "single": one bank only.
   */
  readonly smaller: "halved" | "gap" | "shorter" | "single";
  /** Members that have one bank whatever the option bits say. */
  readonly singleBankKiB?: readonly number[];
  /** On "halved" members bank 2 starts at `bank2FirstIndex` all the same. */
  readonly numbersStay?: true;
  /**
   * No document settles the numbers of bank 2 on members of these sizes (KiB), and on those that are not sold: the first numbers that it
   * may have, likeliest first. Each is a multiple of the pages in a bank. The chip is asked (flash/erase/ask-numbers.ts).
   */
  readonly firstIndexOpen?: Readonly<Record<number, readonly number[]>>;
  readonly note?: string;
}

export interface Alternate {
  /** "single-bank", "dual-bank", ... */
  readonly key: string;
  /** The option bits that choose it: "DBANK = 0". */
  readonly when: string;
  readonly sectors: readonly Sectors[];
  readonly dualBank?: DualBank;
  /** Only members of these sizes can have it. */
  readonly sizesKiB?: readonly number[];
}

export interface BootloaderRow {
  readonly product: string;
  /** "V11.3" */
  readonly version: string;
  /** Bootloader ID byte and where it can be read, AN2606 rev 70 table 3. */
  readonly id?: number;
  readonly idAddress?: number;
  readonly i2c: readonly I2cRow[];
  readonly usart: readonly UsartRow[];
  readonly limitations: readonly string[];
  /** From reset to the first answer, in ms. */
  readonly startupMs?: number;
}

export interface UsartRow {
  /** "USART1/USART2": all that share a protocol; `pins` has them in the same order, "TX/RX, TX/RX". */
  readonly instance: string;
  readonly pins: string;
  readonly protocol: string;
  readonly parity: "even" | "none";
}

export interface I2cRow {
  /** "I2C1/I2C2": all that share address, protocol and speed; `pins` has them in the same order, "SCL/SDA, SCL/SDA". */
  readonly instance: string;
  readonly pins: string;
  /** 7-bit. */
  readonly address: number;
  /** Other readings of a doubtful entry. */
  readonly alternatives: readonly number[];
  /** "V1.2" */
  readonly protocol: string;
  readonly maxSpeedHz: number;
}

/** The unit of the rows. */
export const KiB = 1024;

export interface Sectors {
  readonly count: number;
  readonly size: number;
}

/** `end` is the first address after. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** One erase unit of one chip: what Erase counts. */
export interface Page {
  /** Its number in the Erase command. */
  readonly index: number;
  readonly address: number;
  readonly size: number;
  readonly bank: 1 | 2;
}

/** The flash of one chip in the hand: a row, cut to the size that the chip reports. */
export interface Geometry {
  readonly base: number;
  /** Bytes of flash that exist. With a gap between banks `end - base` is more than that. */
  readonly size: number;
  readonly end: number;
  readonly unit: "page" | "sector";
  /** Ascending by address. */
  readonly pages: readonly Page[];
  readonly banks: 1 | 2;
  /** The numbers that the first page of bank 2 may have, where that is open; `pages` are numbered by the first of them. */
  readonly bank2FirstOpen?: readonly number[] | undefined;
  readonly writeAlign: number;
  readonly erasedValue: 0xff | 0x00;
  /** False also where no document says that the bootloader can do it. */
  readonly massErase: boolean;
  /** What is doubtful about it, one sentence each. */
  readonly warnings?: readonly string[];
}

/**
 * Where the host acts otherwise for one product ID and bootloader version than the protocol's documents say. `quirksOf` makes it from
 * the rows in quirk-rows.ts; tests start from NO_QUIRKS. What is only told is in `limitationsOf`.
 */
export interface Quirks {
  /** Most pages in one Erase command. Default 255. */
  readonly erasePagesPerCommand: number;
  /** Wait after each Erase before the next command: G07x V11.3 does not wait for completion. */
  readonly waitAfterEraseMs: number;
  /** 0x73 performs a Readout Unprotect on WB1x and WB5x over I2C: never send it. */
  readonly writeUnprotectErasesChip: boolean;
  /** Mass erase or bank erase that does not do what it says: erase by pages instead. */
  readonly massEraseBroken: boolean;
  readonly bankEraseBroken: boolean;
  /** I2C: mass erase holds SCL for seconds, also by the no-stretch command; many adapters give up: erase by pages instead. */
  readonly massEraseStretches: boolean;
  /** Reading flash may fault (H7 after an interrupted write): fall back to erase and write. */
  readonly readMayFault: boolean;
  /** Go does not work on this version. */
  readonly goBroken: boolean;
  /** USART and SPI: Go sends no ACK after its opcode. */
  readonly goFirstAckMissing: boolean;
  /** USART: fastest rate that works; a faster session is refused. */
  readonly maxBaudRate: number;
  /** Readout Unprotect takes effect at the next power-on only. */
  readonly readoutUnprotectNeedsPowerCycle: boolean;
  /** What is written to RAM arrives damaged: no program can be run from RAM. */
  readonly ramWriteBroken: boolean;
}

/** A bootloader that does what the documents say. */
export const NO_QUIRKS: Quirks = {
  erasePagesPerCommand: 255,
  waitAfterEraseMs: 0,
  writeUnprotectErasesChip: false,
  massEraseBroken: false,
  bankEraseBroken: false,
  massEraseStretches: false,
  readMayFault: false,
  goBroken: false,
  goFirstAckMissing: false,
  maxBaudRate: Infinity,
  readoutUnprotectNeedsPowerCycle: false,
  ramWriteBroken: false,
};
