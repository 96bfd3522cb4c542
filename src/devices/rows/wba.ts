// STM32WBA. AN2606 Rev 70 (names, bootloaders, interfaces, RAM, limitations, timings); reference manuals and CMSIS headers
// (flash layout, size and unique-ID registers). What is doubtful is marked here and listed in docs/devices.md.
import type { Device, I2cRow, UsartRow } from "../device.js";
import { KiB } from "../device.js";

const i2c492: readonly I2cRow[] = [
  {
    instance: "I2C1/I2C3",
    pins: "PB2/PB1, PA6/PA7",
    address: 0x66,
    alternatives: [],
    protocol: "V1.2",
    maxSpeedHz: 1_000_000,
  },
];
const usart492: readonly UsartRow[] = [
  { instance: "USART1/USART2", pins: "PB12/PA8, PA12/PA11", protocol: "V3.1", parity: "even" },
];

export const rows: readonly Device[] = [
  {
    productId: 0x492,
    name: "STM32WBA5xxx",
    parts: ["STM32WBA5"],
    series: "WBA",
    core: "Cortex-M33",
    flash: {
      base: 0x0800_0000,
      maxSize: 1024 * KiB,
      sizesKiB: [512, 1024],
      sizeRegister: 0x0bf9_07a0,
      uidRegister: 0x0bf9_0700,
      sectors: [{ count: 128, size: 8 * KiB }],
      unit: "page",
      alternates: [],
      writeAlign: 16,
      erasedValue: 0xff,
      massErase: true,
    },
    // Doubtful: for the bootloader AN2606 ends the RAM at 0x20002000, the part has 128 KB.
    ram: { start: 0x2000_0000, end: 0x2002_0000, accessible: [{ start: 0x2000_1800, end: 0x2000_2000 }] },
    systemMemory: [{ start: 0x0bf8_8000, end: 0x0bf9_0000 }],
    optionBytes: [],
    otp: { start: 0x0bf9_0000, end: 0x0bf9_0200 },
    // Doubtful: ID address 0x0BF8FEFE in AN2606, 0x0BF8FEFA elsewhere.
    bootloaders: [
      {
        product: "STM32WBA5xxx",
        version: "V11.0",
        id: 0xb0,
        idAddress: 0x0bf8_fefe,
        i2c: i2c492,
        usart: usart492,
        limitations: ["Silicon revision A"],
        startupMs: 0.39,
      },
      {
        product: "STM32WBA5xxx",
        version: "V11.1",
        id: 0xb1,
        idAddress: 0x0bf8_fefe,
        i2c: i2c492,
        usart: usart492,
        limitations: [],
        startupMs: 0.39,
      },
    ],
    i2cTimeoutMs: 1000,
    specialCommands: [
      "0x50 sub-command 0x0082, data 0x00000000: turn TrustZone off (TZEN = 1 and RDP level 1)",
      "0x50 sub-command 0x0082, data 0x00000001: go from RDP level 1 to 0.5 (TZEN = 1 and RDP level 1)",
      "0x50 sub-command 0x0082, data 0x0000YY02: unlock write protection at RDP level 1 (YY: 0 whole WRP area, 1 WRP1A, 2 WRP2A)",
    ],
    notes: [],
  },
  {
    productId: 0x4b0,
    name: "STM32WBA62xx/63xx/64xx/65xx",
    parts: ["STM32WBA6"],
    series: "WBA",
    core: "Cortex-M33",
    flash: {
      base: 0x0800_0000,
      maxSize: 2048 * KiB,
      sizesKiB: [1024, 2048],
      sizeRegister: 0x0bfa_07a0,
      uidRegister: 0x0bfa_0700,
      sectors: [{ count: 256, size: 8 * KiB }],
      unit: "page",
      dualBank: {
        bankSize: 1024 * KiB,
        bank2FirstIndex: 128,
        smaller: "halved", firstIndexOpen: { 1024: [128, 64] },
        note: "two banks on DUALBANK",
      },
      alternates: [],
      writeAlign: 16,
      erasedValue: 0xff,
    },
    ram: { start: 0x2000_0000, end: 0x2008_0000, accessible: [{ start: 0x2000_3000, end: 0x2008_0000 }] },
    systemMemory: [{ start: 0x0bf9_0000, end: 0x0bfa_0000 }],
    optionBytes: [],
    otp: { start: 0x0bfa_0000, end: 0x0bfa_0200 },
    bootloaders: [
      {
        product: "STM32WBA62xx/63xx/64xx/65xx",
        version: "V13.2",
        id: 0xd2,
        idAddress: 0x0bf9_7efe,
        i2c: [
          {
            instance: "I2C1/I2C3",
            pins: "PB2/PB1, PA6/PA7",
            address: 0x6f,
            alternatives: [],
            protocol: "V2.0",
            maxSpeedHz: 400_000,
          },
        ],
        usart: [{ instance: "USART1/USART2", pins: "PB12/PA8, PA12/PA11", protocol: "V4.0", parity: "even" }],
        limitations: [],
        startupMs: 2.73,
      },
    ],
    i2cTimeoutMs: 1000,
    specialCommands: [
      "0x50 sub-command 0x0082, data 0x00000000: turn TrustZone off (TZEN = 1 and RDP level 1)",
      "0x50 sub-command 0x0082, data 0x00000001: go from RDP level 1 to 0.5 (TZEN = 1 and RDP level 1)",
      "0x50 sub-command 0x0082, data 0x0000YY02: unlock write protection at RDP level 1 (YY: 0 whole WRP area, 1 WRP1A, 2 WRP2A)",
    ],
    notes: [],
  },
  {
    productId: 0x4b2,
    name: "STM32WBA2xxx",
    parts: ["STM32WBA2"],
    series: "WBA",
    core: "Cortex-M33",
    flash: {
      base: 0x0800_0000,
      maxSize: 512 * KiB,
      sizesKiB: [512],
      sizeRegister: 0x0bf8_d7a0,
      uidRegister: 0x0bf8_d700,
      // 4 KiB where FLASH_DOUBLEWORD_SUPPORT is defined, which of all WBA headers those of WBA20, WBA23 and WBA25 do
      // (stm32wbaxx_hal_flash.h); the other WBA have 8 KiB.
      sectors: [{ count: 128, size: 4 * KiB }],
      unit: "page",
      alternates: [],
      writeAlign: 16,
      erasedValue: 0xff,
    },
    // Of WBA23 and WBA25; WBA20 ends at 0x2000C000 (CMSIS headers).
    ram: { start: 0x2000_0000, end: 0x2001_8000, accessible: [{ start: 0x2000_3000, end: 0x2001_8000 }] },
    systemMemory: [{ start: 0x0bf8_5000, end: 0x0bf8_ce00 }],
    optionBytes: [],
    otp: { start: 0x0bf8_d000, end: 0x0bf8_d200 },
    bootloaders: [
      {
        product: "STM32WBA2xxx",
        version: "V13.0",
        id: 0xd0,
        idAddress: 0x0bf8_ccfe,
        i2c: [
          {
            instance: "I2C1/I2C3",
            pins: "PA15/PB3, PB2/PA11 (PA6/PA7 (QFN32 and QFN48-SMPS))",
            address: 0x78,
            alternatives: [],
            protocol: "V2.0",
            maxSpeedHz: 400_000,
          },
        ],
        usart: [
          {
            instance: "USART1",
            pins: "PA6/PA12 or PB12/PA8 (QFN32 and QFN48-SMPS)",
            protocol: "V4.0",
            parity: "even",
          },
        ],
        limitations: [],
        startupMs: 2.3,
      },
    ],
    i2cTimeoutMs: 1000,
    specialCommands: [
      "0x50 sub-command 0x0082, data 0x00000000: turn TrustZone off (TZEN = 1 and RDP level 1)",
      "0x50 sub-command 0x0082, data 0x00000001: go from RDP level 1 to 0.5 (TZEN = 1 and RDP level 1)",
      "0x50 sub-command 0x0082, data 0x0000YY02: unlock write protection at RDP level 1 (YY: 0 all areas, 1 WRP1A, 2 WRP1B)",
    ],
    notes: [
      "I2C address 0x78 lies in the range reserved for 10-bit addressing (0x78-0x7B): address scanners that stop at 0x77 do not see it",
    ],
  },
];
