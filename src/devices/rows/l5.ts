// STM32L5. AN2606 Rev 70 (names, bootloaders, interfaces, RAM, limitations, timings); reference manuals and CMSIS headers
// (flash layout, size and unique-ID registers). What is doubtful is marked here and listed in docs/devices.md.
import type { Device, I2cRow, UsartRow } from "../device.js";
import { KiB } from "../device.js";

// Doubtful: printed as 0b0101100x (0x2C), outside the run 0x50..0x5F of its siblings; 0x58 if the digits are an 8-bit form.
const i2c472: readonly I2cRow[] = [
  {
    instance: "I2C1/I2C2/I2C3",
    pins: "PB6/PB7, PB10/PB11, PC0/PC1",
    address: 0x2c,
    alternatives: [0x58],
    protocol: "V1.2",
    maxSpeedHz: 1_000_000,
  },
];
const usart472: readonly UsartRow[] = [
  {
    instance: "USART1/USART2/USART3",
    pins: "PA9/PA10, PA2/PA3, PC10/PC11",
    protocol: "V3.1",
    parity: "even",
  },
];

export const rows: readonly Device[] = [
  {
    productId: 0x472,
    name: "STM32L552xx/562xx",
    parts: ["STM32L552", "STM32L562"],
    series: "L5",
    core: "Cortex-M33",
    flash: {
      base: 0x0800_0000,
      maxSize: 512 * KiB,
      sizesKiB: [256, 512],
      sizeRegister: 0x0bfa_05e0,
      uidRegister: 0x0bfa_0590,
      sectors: [{ count: 256, size: 2 * KiB }],
      unit: "page",
      dualBank: { bankSize: 256 * KiB, bank2FirstIndex: 128, smaller: "halved", firstIndexOpen: { 256: [128, 64] }, note: "DBANK = 1" },
      alternates: [
        {
          key: "single-bank",
          when: "DBANK = 0 (DB256 = 0 on 256-Kbyte parts)",
          sectors: [{ count: 128, size: 4 * KiB }],
        },
      ],
      writeAlign: 16,
      erasedValue: 0xff,
      massErase: true,
    },
    ram: { start: 0x2000_0000, end: 0x2004_0000, accessible: [{ start: 0x2000_4000, end: 0x2004_0000 }] },
    systemMemory: [{ start: 0x0bf9_0000, end: 0x0bf9_8000 }],
    optionBytes: [{ start: 0x4002_2040, end: 0x4002_2070 }],
    otp: { start: 0x0bfa_0000, end: 0x0bfa_0200 },
    bootloaders: [
      {
        product: "STM32L552xx/562xx",
        version: "V13.0",
        id: 0xd0,
        idAddress: 0x0bf9_7ffe,
        i2c: i2c472,
        usart: usart472,
        limitations: ["USART3 and SPI3 do not work", "SRAM2 is not accessible", "Silicon cut 1.0 only"],
        startupMs: 0.39,
      },
      {
        product: "STM32L552xx/562xx",
        version: "V9.0",
        id: 0x90,
        idAddress: 0x0bf9_7ffe,
        i2c: i2c472,
        usart: usart472,
        limitations: ["TZEN cannot be set, RDP 0.5 and secure option bytes cannot be programmed"],
        startupMs: 0.39,
      },
      {
        product: "STM32L552xx/562xx",
        version: "V9.1",
        id: 0x91,
        idAddress: 0x0bf9_7ffe,
        i2c: i2c472,
        usart: usart472,
        limitations: [],
        startupMs: 0.39,
      },
      {
        product: "STM32L552xx/562xx",
        version: "V9.2",
        id: 0x92,
        idAddress: 0x0bf9_7ffe,
        i2c: i2c472,
        usart: usart472,
        limitations: [],
        startupMs: 0.39,
      },
    ],
    i2cTimeoutMs: 1000,
    specialCommands: [
      "0x50 sub-command 0x0082, data 0x00000000: turn TrustZone off (TZEN = 1 and RDP level 1)",
      "0x50 sub-command 0x0082, data 0x00000001: go from RDP level 1 to 0.5 (TZEN = 1 and RDP level 1)",
    ],
    notes: [],
  },
];
