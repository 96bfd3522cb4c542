/** Character formats of a serial port. The bootloader wants 8E1 (AN3155), STM32WB0x and WL3x want 8N1 (AN2606), a Linux pty can do 8N1 only. */
export const SERIAL_MODES = {
  "8e1": { parity: "even", stopBits: 1 },
  "8n1": { parity: "none", stopBits: 1 },
  "8o1": { parity: "odd", stopBits: 1 },
  "8e2": { parity: "even", stopBits: 2 },
  "8n2": { parity: "none", stopBits: 2 },
  "8o2": { parity: "odd", stopBits: 2 },
} as const;

export type SerialMode = keyof typeof SERIAL_MODES;

export const isSerialMode = (text: string): text is SerialMode => Object.hasOwn(SERIAL_MODES, text);

/** Start bit, data bits, parity bit and stop bits of one character. */
export const bitsPerCharacter = (mode: SerialMode): number =>
  1 + 8 + (SERIAL_MODES[mode].parity === "none" ? 0 : 1) + SERIAL_MODES[mode].stopBits;

/** Lowest rate that the software measurement of the bootloader can handle (AN3155: below it the SysTick counter overflows). */
export const MIN_BAUD = 1200;
/** Linux's largest named rate. What the chip takes is less: 115200 is the documented end. */
export const MAX_BAUD = 4_000_000;
export const DEFAULT_BAUD = 115_200;
export const DEFAULT_MODE: SerialMode = "8e1";
