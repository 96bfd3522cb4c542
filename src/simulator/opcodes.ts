/** Command codes and which protocol version has which (AN4221 rev 14, AN3155 rev 20 and AN4286 rev 15, command sets and protocol versions). */
export const OP = {
  get: 0x00,
  getVersion: 0x01,
  getId: 0x02,
  read: 0x11,
  go: 0x21,
  write: 0x31,
  writeNoStretch: 0x32,
  legacyErase: 0x43,
  erase: 0x44,
  eraseNoStretch: 0x45,
  special: 0x50,
  extendedSpecial: 0x51,
  writeProtect: 0x63,
  writeProtectNoStretch: 0x64,
  writeUnprotect: 0x73,
  writeUnprotectNoStretch: 0x74,
  readoutProtect: 0x82,
  readoutProtectNoStretch: 0x83,
  readoutUnprotect: 0x92,
  readoutUnprotectNoStretch: 0x93,
  checksum: 0xa1,
} as const;

export const ACK = 0x79;
export const NACK = 0x1f;
export const BUSY = 0x76;
/** What a host shifts in when it reads more than there is; seen as 1F on a G070. */
export const FILLER = 0x1f;

export type I2cVersion = "1.0" | "1.1" | "1.2" | "2.0";
export type SpiVersion = "1.0" | "1.1" | "1.2" | "1.3" | "2.0";
export type UartVersion = "1.0" | "2.0" | "2.1" | "2.2" | "3.0" | "3.1" | "3.2" | "3.3" | "4.0";

const I2C_10 = [0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92];
const NO_STRETCH = [0x32, 0x45, 0x64, 0x74, 0x83, 0x93];

/** In the order of the Get reply. 2.0 varies per product; this is STM32H5's (AN4221 rev 14, Get). */
export const I2C_OPCODES: Readonly<Record<I2cVersion, readonly number[]>> = {
  "1.0": I2C_10,
  "1.1": [...I2C_10, ...NO_STRETCH],
  "1.2": [...I2C_10, ...NO_STRETCH, 0xa1],
  "2.0": [0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x50, 0x63, 0x73, 0x32, 0x45, 0x64, 0x74, 0xa1],
};

const UART_2 = [0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x43, 0x63, 0x73, 0x82, 0x92];
const UART_3 = [0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92];

/** 4.0 varies per product; this is STM32H5's (AN3155 rev 20, Get). */
export const UART_OPCODES: Readonly<Record<UartVersion, readonly number[]>> = {
  "1.0": UART_2,
  "2.0": UART_2,
  "2.1": UART_2,
  "2.2": UART_2,
  "3.0": UART_3,
  "3.1": UART_3,
  "3.2": UART_3,
  "3.3": [...UART_3, 0xa1],
  "4.0": [0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x50, 0x63, 0x73],
};

/** 2.0 varies per product; this is STM32H5's (AN4286 rev 15, Get). */
export const SPI_OPCODES: Readonly<Record<SpiVersion, readonly number[]>> = {
  "1.0": I2C_10,
  "1.1": I2C_10,
  "1.2": I2C_10,
  "1.3": [...I2C_10, 0xa1],
  "2.0": [0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x50, 0x63, 0x73],
};

/** Executed while the chip is readout-protected (AN4221 rev 14 and AN3155 rev 20, command sets). */
export const ALLOWED_WHEN_PROTECTED: ReadonlySet<number> = new Set([0x00, 0x01, 0x02, 0x92, 0x93]);

/** "1.2" is sent as 0x12. */
export const versionByte = (version: string): number => {
  const [major = "0", minor = "0"] = version.split(".");
  return (Number(major) << 4) | Number(minor);
};
