/** Small chips for tests, written out by hand: they hold the device rows to account too. */
import type { FlashPage, ChipFacts } from "../../../src/simulator/facts.js";
import { optionLayoutOf } from "../../../src/simulator/option-layouts.js";

export const FLASH = 0x0800_0000;
export const ADDRESS = 0x51;

const pages = (sizes: readonly number[], bank2From = Infinity): FlashPage[] => {
  let address = FLASH;
  return sizes.map((size, index) => {
    const page: FlashPage = { address, size, bank: index >= bank2From ? 2 : 1, index };
    address += size;
    return page;
  });
};

/** STM32G071 with bootloader V11.0, cut to 64 KiB: AN2606 rev 70 section 48, RM0444. */
export const G071: ChipFacts = {
  name: "stm32g071",
  series: "G0",
  core: "Cortex-M0+",
  productId: 0x460,
  flash: {
    base: FLASH,
    size: 0x10000,
    pages: pages(new Array<number>(32).fill(2048)),
    banks: 1,
    granule: 8,
    lengthAlign: 4,
    erasedValue: 0xff,
    massErase: true,
  },
  ram: {
    areas: [{ start: 0x2000_0000, end: 0x2000_9000 }],
    accessible: [{ start: 0x2000_3000, end: 0x2000_9000 }],
  },
  systemMemory: [{ start: 0x1fff_0000, end: 0x1fff_7000 }],
  sizeRegister: 0x1fff_75e0,
  uidRegister: 0x1fff_7590,
  bootloaderVersion: "V11.0",
  idAddress: 0x1fff_6ffe,
  idByte: 0xb0,
  optionBytes: [{ start: 0x1fff_7800, end: 0x1fff_7880 }],
  optionLayout: optionLayoutOf("G0"),
  otp: { start: 0x1fff_7000, end: 0x1fff_7400 },
  voltageRegister: false,
  i2c: { address: ADDRESS, protocol: "1.2", timeoutMs: 1000 },
  uart: { protocol: "3.1", parity: "even" },
  spi: { protocol: "1.1" },
  specials: [],
  emptyCheck: true,
  startupMs: 1,
};

/** As G071 with two banks of 32 KiB each. */
export const DUAL_BANK: ChipFacts = {
  ...G071,
  name: "dual bank",
  flash: { ...G071.flash, pages: pages(new Array<number>(32).fill(2048), 16), banks: 2 },
};

/** STM32F405 with bootloader V9.1: four sectors of 16 KiB, one of 64; AN2606 rev 70 section 25, RM0090. */
export const F405: ChipFacts = {
  ...G071,
  name: "stm32f405",
  series: "F4",
  productId: 0x413,
  flash: {
    ...G071.flash,
    size: 0x20000,
    pages: pages([0x4000, 0x4000, 0x4000, 0x4000, 0x10000]),
    granule: 4,
    lengthAlign: 4,
  },
  bootloaderVersion: "V9.1",
  optionBytes: [{ start: 0x1fff_c000, end: 0x1fff_c010 }],
  optionLayout: optionLayoutOf("F4"),
  voltageRegister: true,
  i2c: { address: ADDRESS, protocol: "1.0", timeoutMs: 1000 },
  emptyCheck: false,
};

/** STM32F072 with halfword option bytes; AN2606 rev 70 section 16, RM0091. */
export const F072: ChipFacts = {
  ...G071,
  name: "stm32f072",
  series: "F0",
  productId: 0x448,
  flash: { ...G071.flash, granule: 4, lengthAlign: 4 },
  bootloaderVersion: "V10.1",
  optionBytes: [{ start: 0x1fff_f800, end: 0x1fff_f810 }],
  optionLayout: optionLayoutOf("F0"),
  i2c: { address: ADDRESS, protocol: "1.0", timeoutMs: 1000 },
  emptyCheck: false,
};

/** STM32L072: erased flash reads 00, no mass erase, data EEPROM; AN2606 rev 70 section 57, RM0367. */
export const L072: ChipFacts = {
  ...G071,
  name: "stm32l072",
  series: "L0",
  productId: 0x447,
  flash: {
    ...G071.flash,
    pages: pages(new Array<number>(512).fill(128)),
    granule: 8,
    lengthAlign: 8,
    erasedValue: 0x00,
    massErase: false,
  },
  bootloaderVersion: "V11.2",
  optionBytes: [{ start: 0x1ff8_0000, end: 0x1ff8_0020 }],
  optionLayout: optionLayoutOf("L0"),
  dataEeprom: { start: 0x0808_0000, end: 0x0808_1800 },
  emptyCheck: false,
};
