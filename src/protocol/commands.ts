/**
 * The commands of the ROM bootloader as data: AN4221 rev 14 (I2C) and AN3155 rev 20 (USART), one row per section.
 * Time-outs are the longest silence, stretch or run of BUSY that the final answer may take.
 */

/** Status bytes, the same on every transport. BUSY only ever comes from the no-stretch commands and Get Checksum. */
export const ACK = 0x79;
export const NACK = 0x1f;
export const BUSY = 0x76;

/** Sent once on a UART so that the ROM can measure the bit time (AN3155, "USART bootloader code sequence"). */
export const SYNC = 0x7f;

export interface Command {
  /** The manual's name. */
  readonly name: string;
  readonly opcode: number;
  /** The variant that answers BUSY instead of stretching SCL (I2C protocol 1.1 and later); it wins where the chip lists it. */
  readonly noStretch?: number;
}

export const GET = { name: "Get", opcode: 0x00 } as const satisfies Command;
export const GET_VERSION = { name: "Get Version", opcode: 0x01 } as const satisfies Command;
export const GET_ID = { name: "Get ID", opcode: 0x02 } as const satisfies Command;
export const READ_MEMORY = { name: "Read Memory", opcode: 0x11 } as const satisfies Command;
export const GO = { name: "Go", opcode: 0x21 } as const satisfies Command;
export const WRITE_MEMORY = {
  name: "Write Memory",
  opcode: 0x31,
  noStretch: 0x32,
} as const satisfies Command;
/** USART only, and only on products that do not list 0x44. */
export const LEGACY_ERASE = { name: "Erase Memory", opcode: 0x43 } as const satisfies Command;
export const ERASE = { name: "Erase Memory", opcode: 0x44, noStretch: 0x45 } as const satisfies Command;
export const SPECIAL = { name: "Special", opcode: 0x50 } as const satisfies Command;
export const EXTENDED_SPECIAL = { name: "Extended Special", opcode: 0x51 } as const satisfies Command;
export const WRITE_PROTECT = {
  name: "Write Protect",
  opcode: 0x63,
  noStretch: 0x64,
} as const satisfies Command;
export const WRITE_UNPROTECT = {
  name: "Write Unprotect",
  opcode: 0x73,
  noStretch: 0x74,
} as const satisfies Command;
export const READOUT_PROTECT = {
  name: "Readout Protect",
  opcode: 0x82,
  noStretch: 0x83,
} as const satisfies Command;
export const READOUT_UNPROTECT = {
  name: "Readout Unprotect",
  opcode: 0x92,
  noStretch: 0x93,
} as const satisfies Command;
export const GET_CHECKSUM = { name: "Get Checksum", opcode: 0xa1 } as const satisfies Command;

export const COMMANDS: readonly Command[] = [
  GET,
  GET_VERSION,
  GET_ID,
  READ_MEMORY,
  GO,
  WRITE_MEMORY,
  LEGACY_ERASE,
  ERASE,
  SPECIAL,
  EXTENDED_SPECIAL,
  WRITE_PROTECT,
  WRITE_UNPROTECT,
  READOUT_PROTECT,
  READOUT_UNPROTECT,
  GET_CHECKSUM,
];

/** "Write Memory" for 0x31, "Write Memory (no-stretch)" for 0x32, undefined for what no document lists. */
export function commandName(opcode: number): string | undefined {
  const plain = COMMANDS.find((command) => command.opcode === opcode);
  if (plain) return plain.name;
  const twin = COMMANDS.find((command) => command.noStretch === opcode);
  return twin && `${twin.name} (no-stretch)`;
}

/** Special page counts of Erase: they end the command after the count frame. */
export const ERASE_SPECIAL = { mass: 0xffff, bank1: 0xfffe, bank2: 0xfffd } as const;
export type SpecialErase = keyof typeof ERASE_SPECIAL;

/** Longest waits for the deciding status byte in ms. The documents give none; these hold on every part that is known of. */
export const TIMEOUT = {
  status: 1_000,
  /** 256 bytes written byte by byte on an F4 need about 26 ms. */
  write: 1_000,
  /** A 128 KiB sector of an F4, erased at the lowest supply range, needs up to 4 s. */
  erasePage: 5_000,
  /** Also the most that a list of pages can need. */
  massErase: 40_000,
  optionBytes: 5_000,
} as const;

/** The CRC of 100 KiB takes far less than a second even at 4 MHz. */
export const checksumTimeoutMs = (bytes: number): number => 1_000 + Math.ceil(bytes / 100);

export const eraseTimeoutMs = (pages: number): number =>
  Math.min(Math.max(1, pages) * TIMEOUT.erasePage, TIMEOUT.massErase);

/** CRC-32/MPEG-2, the only parameters that every part takes (AN3155, Get Checksum). */
export const CRC_POLYNOMIAL = 0x04c1_1db7;
export const CRC_INITIAL = 0xffff_ffff;

/** What every bootloader of protocol 1.0 on I2C and 3.0 on UART lists, in its order (AN4221 rev 14 table 2, AN3155 rev 20 table 2). */
export const BASE_LIST = [0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92] as const;
/** What protocol 1.1 on I2C adds (AN4221 rev 14, table 3). */
export const NO_STRETCH_LIST = [0x32, 0x45, 0x64, 0x74, 0x83, 0x93] as const;
