/** Facts of a simulated chip from a row of the device table: which memories it has and which bootloader. No protocol facts. */
import { BootlaceError } from "../errors.js";
import type { BootloaderRow, Device, Range } from "../devices/device.js";
import { geometryOf } from "../devices/geometry.js";
import { spiOf } from "../devices/spi-rows.js";
import { stackAreas } from "../devices/stack.js";
import type { ChipFacts, FlashFacts, FlashPage } from "./facts.js";
import type { I2cVersion, SpiVersion, UartVersion } from "./opcodes.js";
import { I2C_OPCODES, SPI_OPCODES, UART_OPCODES } from "./opcodes.js";
import { optionLayoutOf } from "./option-layouts.js";

export interface FactsOptions {
  /** Bytes; default the row's largest. */
  readonly flashSize?: number | undefined;
  /** "V11.3"; default the last of the row. */
  readonly version?: string | undefined;
  /** What the chip shall be called; default its first part, in lower case. */
  readonly name?: string;
}

/** @throws BootlaceError USAGE for a size or a version that the row does not have */
export const factsOf = (device: Device, options: FactsOptions = {}): ChipFacts => {
  const bootloader = bootloaderOf(device, options.version);
  const { flash } = device;
  return {
    name: options.name ?? (device.parts[0] ?? device.name).toLowerCase(),
    series: device.series,
    core: device.core ?? "unknown",
    productId: device.productId,
    flash: flashOf(device, options.flashSize ?? flash.maxSize),
    ram: ramOf(device),
    systemMemory: device.systemMemory,
    sizeRegister: flash.sizeRegister,
    uidRegister: flash.uidRegister,
    bootloaderVersion: bootloader.version,
    idAddress: bootloader.idAddress,
    idByte: bootloader.id,
    optionBytes: device.optionBytes,
    optionLayout: optionLayoutOf(device.series),
    otp: device.otp,
    dataEeprom: device.dataEeprom,
    voltageRegister: ["F2", "F4", "F7"].includes(device.series),
    i2c: i2cOf(device, bootloader),
    uart: uartOf(device, bootloader),
    spi: spiLinkOf(device, bootloader),
    specials: subCommandsOf(device),
    emptyCheck: device.emptyCheck !== undefined,
    startupMs: bootloader.startupMs ?? 1,
  };
};

/** The last row that has I2C, else the last: newest silicon, and the bus that this project is about. */
const bootloaderOf = ({ bootloaders, name }: Device, version: string | undefined): BootloaderRow => {
  const wanted =
    version === undefined
      ? (bootloaders.findLast((row) => row.i2c.length > 0) ?? bootloaders.at(-1))
      : bootloaders.find((row) => row.version.toLowerCase() === version.toLowerCase());
  if (wanted) return wanted;
  const known = bootloaders.map((row) => row.version).join(", ");
  throw new BootlaceError("USAGE", `${name} has no bootloader ${version ?? ""}: it has ${known}`);
};

const isI2cVersion = (version: string): version is I2cVersion => Object.hasOwn(I2C_OPCODES, version);
const isUartVersion = (version: string): version is UartVersion => Object.hasOwn(UART_OPCODES, version);

const hasSpecials = (device: Device): boolean => subCommandsOf(device).length > 0;

const i2cOf = (device: Device, bootloader: BootloaderRow): ChipFacts["i2c"] => {
  const [row] = bootloader.i2c;
  const protocol = row?.protocol.replace(/^V/, "");
  if (!row || protocol === undefined || !isI2cVersion(protocol)) return undefined;
  return {
    address: row.address,
    protocol,
    timeoutMs: device.i2cTimeoutMs ?? 1000,
    opcodes: opcodesOf(device.series, hasSpecials(device), I2C_OPCODES[protocol]),
  };
};

const uartOf = (device: Device, bootloader: BootloaderRow): ChipFacts["uart"] => {
  const [row] = bootloader.usart;
  const protocol = row?.protocol.replace(/^V/, "");
  if (!row || protocol === undefined || !isUartVersion(protocol)) return undefined;
  const opcodes =
    device.productId < 0x100
      ? WB0_OPCODES
      : opcodesOf(device.series, hasSpecials(device), UART_OPCODES[protocol]);
  return { protocol, parity: row.parity, opcodes };
};

const spiLinkOf = (device: Device, bootloader: BootloaderRow): ChipFacts["spi"] => {
  const row = spiOf(device, bootloader);
  if (row === undefined) return undefined;
  const protocol = row.protocol.replace(/^V/, "") as SpiVersion;
  return { protocol, opcodes: spiOpcodes(device.series, hasSpecials(device), SPI_OPCODES[protocol]) };
};

/** As on the other buses; no document prints a list of 2.0 but the H5's. */
const spiOpcodes = (series: string, specials: boolean, list: readonly number[]): readonly number[] => {
  if (series === "H5") return list;
  const withReadout = list.includes(0x50) ? [...SPI_OPCODES["1.1"]] : [...list];
  return specials ? [...withReadout, 0x50] : withReadout;
};

/** WB0 and WL3 have a set of their own, with the old Erase (AN3155 rev 20, command set). */
const WB0_OPCODES = [0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x43, 0x82, 0x92];

/** Only STM32H5 has the lists printed for 2.0 and 4.0; other chips of these versions keep the readout commands. */
const opcodesOf = (series: string, specials: boolean, list: readonly number[]): readonly number[] => {
  if (series === "H5") return list;
  const withReadout = list.includes(0x50)
    ? [...(list.includes(0x45) ? I2C_OPCODES["1.2"] : UART_OPCODES["3.3"])]
    : [...list];
  return specials ? [...withReadout, 0x50] : withReadout;
};

/** RAM of a row that does not say where it ends. */
const UNKNOWN_RAM_BYTES = 0x8000;

const ramOf = (device: Device): ChipFacts["ram"] => {
  const { start, end = start + UNKNOWN_RAM_BYTES, others = [], accessible } = device.ram;
  const named = [{ start, end }, ...others];
  const within = (range: Range): boolean =>
    named.some((area) => range.start >= area.start && range.end <= area.end);
  const stacks = stackAreas(device);
  return {
    areas: [...named, ...accessible.filter((range) => !within(range))],
    accessible,
    stacks,
  };
};

const flashOf = (device: Device, size: number): FlashFacts => {
  const { series, flash, name } = device;
  const known = [...new Set([...flash.sizesKiB.map((kib) => kib * 1024), flash.maxSize])];
  if (!known.includes(size)) {
    const sizes = known.map((bytes) => bytes / 1024).join(", ");
    throw new BootlaceError(
      "USAGE",
      `${name} does not come with ${size / 1024} KiB of flash, but with ${sizes}`,
    );
  }
  const { pages, banks, writeAlign, erasedValue } = geometryOf(device, size);
  return {
    base: flash.base,
    size,
    pages: numbered(device, pages),
    banks,
    granule: writeAlign,
    lengthAlign: Math.min(writeAlign, lengthAlignOf(series)),
    erasedValue,
    massErase: flash.massErase ?? true,
  };
};

/**
 * Open Bootloader splits the page numbers where the bank of the largest member ends, whatever the size of the chip
 * (stm32-mw-openbl, flash_interface.c). L0 and L1 count pages from the start of the flash.
 */
const numbered = ({ series, flash }: Device, pages: readonly FlashPage[]): readonly FlashPage[] => {
  const first = pages.find(({ bank }) => bank === 2);
  if (!first || !flash.dualBank || series === "L0" || series === "L1") return pages;
  const shift = flash.dualBank.bank2FirstIndex - first.index;
  return pages.map((page) => (page.bank === 2 ? { ...page, index: page.index + shift } : page));
};

/** AN2606 rev 70 table 7: what the bootloader asks of the length; the flash word may be larger. */
const lengthAlignOf = (series: string): number => {
  if (/^(C5|H5|L5|U5|WBA)/.test(series)) return 16;
  return /^(F[0-4]|G0|WB0|WL3)$/.test(series) ? 4 : 8;
};

/** "0x50 sub-command 0x0082, data ..." */
const subCommandsOf = ({ specialCommands }: Device): number[] => {
  const codes = specialCommands
    .map((text) => /^0x5[01] sub-command (0x[0-9a-f]{4})/i.exec(text)?.[1])
    .filter((code) => code !== undefined)
    .map(Number);
  return [...new Set(codes)];
};
