// STM32U3. AN2606 Rev 70 (names, bootloaders, interfaces, RAM, limitations, timings); reference manuals and CMSIS headers
// (flash layout, size and unique-ID registers). What is doubtful is marked here and listed in docs/devices.md.
import type { Device, I2cRow, UsartRow } from "../device.js";
import { KiB } from "../device.js";

// Doubtful: I2C1 is printed as 0b1101100x (0x6C), I2C2 and I2C3 as 0b1011010x (0x5A).
const i2c454: readonly I2cRow[] = [
  {
    instance: "I2C1",
    pins: "PB6/PB7",
    address: 0x6c,
    alternatives: [0x5a],
    protocol: "V2.0",
    maxSpeedHz: 400_000,
  },
  {
    instance: "I2C2/I2C3",
    pins: "PB10/PB11, PC0/PC1",
    address: 0x5a,
    alternatives: [0x6c],
    protocol: "V2.0",
    maxSpeedHz: 1_000_000,
  },
];
const usart454: readonly UsartRow[] = [
  { instance: "USART1/USART3", pins: "PA9/PA10, PC10/PC11", protocol: "V4.0", parity: "even" },
];

export const rows: readonly Device[] = [
  {
    productId: 0x42a,
    name: "STM32U3B5xx/3C5xx",
    parts: ["STM32U3B5", "STM32U3C5"],
    series: "U3",
    core: "Cortex-M33",
    flash: {
      base: 0x0800_0000,
      maxSize: 2048 * KiB,
      sizesKiB: [1024, 2048],
      sizeRegister: 0x0bfa_07a0,
      uidRegister: 0x0bfa_0700,
      sectors: [{ count: 512, size: 4 * KiB }],
      unit: "page",
      dualBank: { bankSize: 1024 * KiB, bank2FirstIndex: 256, smaller: "halved", firstIndexOpen: { 1024: [256, 128] } },
      alternates: [],
      writeAlign: 8,
      erasedValue: 0xff,
    },
    ram: { start: 0x2000_0000, end: 0x200a_0000, accessible: [{ start: 0x2000_4000, end: 0x200a_0000 }] },
    systemMemory: [{ start: 0x0bf8_f000, end: 0x0bfa_0000 }],
    optionBytes: [],
    otp: { start: 0x0bfa_0000, end: 0x0bfa_0200 },
    bootloaders: [
      {
        product: "STM32U3B5xx/3C5xx",
        version: "V14.0",
        id: 0xe0,
        idAddress: 0x0bf9_8ffe,
        i2c: [
          {
            instance: "I2C1/I2C2/I2C3",
            pins: "PB6/PB7, PB10/PB11, PC0/PC1",
            address: 0x73,
            alternatives: [],
            protocol: "V2.0",
            maxSpeedHz: 400_000,
          },
        ],
        usart: [{ instance: "USART1/USART3", pins: "PA9/PA10, PC10/PC11", protocol: "V4.0", parity: "even" }],
        limitations: [],
        startupMs: 4.5,
      },
    ],
    i2cTimeoutMs: 1000,
    specialCommands: [
      "0x50 sub-command 0x0082, data 0x00000000: turn TrustZone off (TZEN = 1 and RDP level 1)",
      "0x50 sub-command 0x0082, data 0x00000001: go from RDP level 1 to 0.5 (TZEN = 1 and RDP level 1)",
      "0x50 sub-command 0x0082, data 0x0000YY02: unlock write protection at RDP level 1 (YY: 0 all, 1 WRP1A, 2 WRP1B, 3 WRP2A, 4 WRP2B)",
    ],
    notes: [],
  },
  {
    productId: 0x454,
    name: "STM32U375xx/385xx",
    parts: ["STM32U375", "STM32U385"],
    series: "U3",
    core: "Cortex-M33",
    flash: {
      base: 0x0800_0000,
      maxSize: 1024 * KiB,
      sizesKiB: [512, 1024],
      sizeRegister: 0x0bfa_07a0,
      uidRegister: 0x0bfa_0700,
      sectors: [{ count: 256, size: 4 * KiB }],
      unit: "page",
      dualBank: { bankSize: 512 * KiB, bank2FirstIndex: 128, smaller: "halved", firstIndexOpen: { 512: [128, 64] } },
      alternates: [],
      writeAlign: 8,
      erasedValue: 0xff,
    },
    ram: { start: 0x2000_0000, end: 0x2004_0000, accessible: [{ start: 0x2000_4000, end: 0x2004_0000 }] },
    systemMemory: [{ start: 0x0bf8_f000, end: 0x0bfa_0000 }],
    optionBytes: [],
    otp: { start: 0x0bfa_0000, end: 0x0bfa_0200 },
    bootloaders: [
      {
        product: "STM32U375xx/385xx",
        version: "V14.1",
        id: 0xe1,
        idAddress: 0x0bf9_8ffe,
        i2c: i2c454,
        usart: usart454,
        limitations: ["Erase of several pages only erases the first one: erase one page per command"],
        startupMs: 4.418,
      },
      {
        product: "STM32U375xx/385xx",
        version: "V14.2",
        id: 0xe2,
        idAddress: 0x0bf9_8ffe,
        i2c: i2c454,
        usart: usart454,
        limitations: [],
        startupMs: 4.418,
      },
    ],
    i2cTimeoutMs: 1000,
    specialCommands: [
      "0x50 sub-command 0x0082, data 0x00000000: turn TrustZone off (TZEN = 1 and RDP level 1)",
      "0x50 sub-command 0x0082, data 0x00000001: go from RDP level 1 to 0.5 (TZEN = 1 and RDP level 1)",
      "0x50 sub-command 0x0082, data 0x0000YY02: unlock write protection at RDP level 1 (YY: 0 all, 1 WRP1A, 2 WRP2A, 3 WRP1B, 4 WRP2B)",
    ],
    notes: [],
  },
];
