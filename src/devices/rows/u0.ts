// STM32U0. AN2606 Rev 70 (names, bootloaders, interfaces, RAM, limitations, timings); reference manuals and CMSIS headers
// (flash layout, size and unique-ID registers). What is doubtful is marked here and listed in docs/devices.md.
import type { Device } from "../device.js";
import { KiB } from "../device.js";

export const rows: readonly Device[] = [
  {
    productId: 0x459,
    name: "STM32U031xx",
    parts: ["STM32U031"],
    series: "U0",
    core: "Cortex-M0+",
    flash: {
      base: 0x0800_0000,
      maxSize: 64 * KiB,
      sizesKiB: [16, 32, 64],
      sizeRegister: 0x1fff_3ea0,
      uidRegister: 0x1fff_3e50,
      sectors: [{ count: 32, size: 2 * KiB }],
      unit: "page",
      alternates: [],
      writeAlign: 8,
      erasedValue: 0xff,
    },
    ram: { start: 0x2000_0000, end: 0x2000_3000, accessible: [{ start: 0x2000_1500, end: 0x2000_3000 }] },
    systemMemory: [{ start: 0x1fff_0000, end: 0x1fff_3800 }],
    optionBytes: [],
    otp: { start: 0x1fff_6800, end: 0x1fff_6c00 },
    // Doubtful: AN2606 table 3 prints ID 0xB0; V11.1 makes 0xB1.
    bootloaders: [
      {
        product: "STM32U031xx",
        version: "V11.1",
        id: 0xb1,
        idAddress: 0x1fff_37fe,
        i2c: [
          {
            instance: "I2C1/I2C2/I2C3",
            pins: "PB6/PB7, PB10/PB11, PB3/PB4",
            address: 0x6b,
            alternatives: [],
            protocol: "V1.2",
            maxSpeedHz: 400_000,
          },
        ],
        usart: [
          {
            instance: "USART1/USART2/USART3",
            pins: "PA9/PA10 or TX PA11 (TSSOP20), PA2/PA3, PC10/PC11",
            protocol: "V3.1",
            parity: "even",
          },
        ],
        limitations: [
          "Empty-check flag is cleared by the bootloader at start-up: with empty flash a later plain reset boots the blank flash and crashes; needs POR or an option-byte change",
        ],
        startupMs: 4.534,
      },
    ],
    i2cTimeoutMs: 1000,
    specialCommands: [],
    emptyCheck: { clearedBy: ["V11.1"] },
    notes: [],
  },
  {
    productId: 0x489,
    name: "STM32U073xx/083xx",
    parts: ["STM32U073", "STM32U083"],
    series: "U0",
    core: "Cortex-M0+",
    flash: {
      base: 0x0800_0000,
      maxSize: 256 * KiB,
      sizesKiB: [64, 128, 256],
      sizeRegister: 0x1fff_6ea0,
      uidRegister: 0x1fff_6e50,
      sectors: [{ count: 128, size: 2 * KiB }],
      unit: "page",
      alternates: [],
      writeAlign: 8,
      erasedValue: 0xff,
    },
    ram: { start: 0x2000_0000, end: 0x2000_a000, accessible: [{ start: 0x2000_2200, end: 0x2000_a000 }] },
    systemMemory: [{ start: 0x1fff_0000, end: 0x1fff_6800 }],
    optionBytes: [],
    otp: { start: 0x1fff_6800, end: 0x1fff_6c00 },
    bootloaders: [
      {
        product: "STM32U073xx/083xx",
        version: "V13.0",
        id: 0xd0,
        idAddress: 0x1fff_67fe,
        i2c: [
          {
            instance: "I2C1/I2C2/I2C3",
            pins: "PB6/PB7, PB10/PB11, PB3/PB4",
            address: 0x6a,
            alternatives: [],
            protocol: "V1.2",
            maxSpeedHz: 400_000,
          },
        ],
        usart: [
          {
            instance: "USART1/USART2/USART3",
            pins: "PA9/PA10, PA2/PA3, PC10/PC11",
            protocol: "V3.1",
            parity: "even",
          },
        ],
        limitations: [
          "Empty-check flag is cleared by the bootloader at start-up: with empty flash a later plain reset boots the blank flash and crashes; needs POR or an option-byte change",
        ],
        startupMs: 5.626,
      },
    ],
    i2cTimeoutMs: 1000,
    specialCommands: [],
    emptyCheck: { clearedBy: ["V13.0"] },
    notes: [],
  },
];
