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
    readonly end?: number;
    /** Without what the bootloader uses. */ readonly accessible: readonly Range[];
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
  readonly sizesKiB: readonly number[];
  /** 16-bit register with the size in KiB, and the block to read when a short read is refused. */
  readonly sizeRegister?: number;
  readonly uidRegister?: number;
  /** Erase units of the largest member in address order: `count` of `size` bytes each. */
  readonly sectors: readonly Sectors[];
  /** "page" where all are alike and numbered through, "sector" on F2, F4, F7, H7. Only the word differs for users. */
  readonly unit: "page" | "sector";
  readonly dualBank?: { readonly bankSize: number; readonly bank2FirstIndex: number; readonly note?: string };
  readonly alternates: readonly { readonly when: string; readonly sectors: readonly Sectors[] }[];
  /** Address and length of a write are multiples of this. */
  readonly writeAlign: number;
  readonly erasedValue: 0xff | 0x00;
  /** undefined: not documented. */
  readonly massErase?: boolean;
}

export interface BootloaderRow {
  readonly product: string;
  /** "V11.3" */
  readonly version: string;
  /** Bootloader ID byte and where it can be read, AN2606 rev 70 table 3. */
  readonly id?: number;
  readonly idAddress?: number;
  readonly i2c: readonly I2cRow[];
  readonly usart: readonly {
    readonly instance: string;
    readonly pins: string;
    readonly protocol: string;
    readonly parity: "even" | "none";
  }[];
  readonly limitations: readonly string[];
  /** From reset to the first answer, in ms. */
  readonly startupMs?: number;
}

export interface I2cRow {
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
  readonly writeAlign: number;
  readonly erasedValue: 0xff | 0x00;
  readonly massErase: boolean;
}

/** What the host must know about one product ID and bootloader version beyond the documents. */
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
  /** Reading flash may fault (H7 after an interrupted write): fall back to erase and write. */
  readonly readMayFault: boolean;
  /** Longest pause between two frames of a command, in ms. */
  readonly frameGapMs: number;
  /** Go does not work on this version. */
  readonly goBroken: boolean;
  /** No-stretch commands stretch all the same, for this long at most. */
  readonly stretchMs: number;
}
