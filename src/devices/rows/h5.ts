// STM32H5. AN2606 Rev 70 (names, bootloaders, interfaces, RAM, limitations, timings); reference manuals and CMSIS headers
// (flash layout, size and unique-ID registers). What is doubtful is marked here and listed in docs/devices.md.
import type { Device, I2cRow, UsartRow } from "../device.js";
import { KiB } from "../device.js";

const i2c474: readonly I2cRow[] = [
  {
    instance: "I2C2",
    pins: "PB3/PB4",
    address: 0x67,
    alternatives: [],
    protocol: "V2.0",
    maxSpeedHz: 1_000_000,
  },
];
const usart474: readonly UsartRow[] = [
  { instance: "USART1/USART2/USART3", pins: "PA9/PA10, PA5/PA15, PA4/PA3", protocol: "V4.0", parity: "even" },
];

const i2c478: readonly I2cRow[] = [
  {
    instance: "I2C1/I2C3",
    pins: "PB8/PB9, PA8/PC9 (PB4 on packages of 39 pins or fewer)",
    address: 0x6e,
    alternatives: [],
    protocol: "V2.0",
    maxSpeedHz: 1_000_000,
  },
];
const usart478: readonly UsartRow[] = [
  { instance: "USART1/USART2/USART3", pins: "PA9/PA10, PA2/PA3, PD8/PD9", protocol: "V4.0", parity: "even" },
];

const i2c484: readonly I2cRow[] = [
  {
    instance: "I2C3/I2C4",
    pins: "PA8/PC9, PD12/PD13",
    address: 0x65,
    alternatives: [],
    protocol: "V2.0",
    maxSpeedHz: 1_000_000,
  },
];
const usart484: readonly UsartRow[] = [
  { instance: "USART1/USART2/USART3", pins: "PA9/PA10, PA2/PA3, PD8/PD9", protocol: "V4.0", parity: "even" },
];

export const rows: readonly Device[] = [
  {
    productId: 0x474,
    name: "STM32H503xx",
    parts: ["STM32H503"],
    series: "H5",
    core: "Cortex-M33",
    flash: {
      base: 0x0800_0000,
      maxSize: 128 * KiB,
      sizesKiB: [128],
      sizeRegister: 0x08ff_f80c,
      uidRegister: 0x08ff_f800,
      sectors: [{ count: 16, size: 8 * KiB }],
      unit: "page",
      dualBank: { bankSize: 64 * KiB, bank2FirstIndex: 8, smaller: "halved" },
      alternates: [],
      writeAlign: 16,
      erasedValue: 0xff,
      massErase: true,
    },
    // Doubtful: the section of AN2606 puts the bootloader at 0x24000000, where there is no SRAM; its table stands here.
    ram: { start: 0x2000_0000, end: 0x2000_8000, accessible: [{ start: 0x2000_4000, end: 0x2000_8000 }] },
    systemMemory: [{ start: 0x0bf8_7000, end: 0x0bf9_0000 }],
    optionBytes: [{ start: 0x4002_2050, end: 0x4002_2100 }],
    otp: { start: 0x08ff_f000, end: 0x08ff_f800 },
    bootloaders: [
      {
        product: "STM32H503xx",
        version: "V14.1",
        id: 0xe1,
        idAddress: 0x0bf8_fffe,
        i2c: i2c474,
        usart: usart474,
        limitations: [
          "Jump to the bootloader crashes at hide-protection level 3 with product state Provisioned or above",
        ],
        startupMs: 1.5,
      },
      {
        product: "STM32H503xx",
        version: "V14.2",
        id: 0xe2,
        idAddress: 0x0bf8_fffe,
        i2c: i2c474,
        usart: usart474,
        limitations: [],
        startupMs: 1.5,
      },
    ],
    i2cTimeoutMs: 1000,
    specialCommands: [
      "0x50 sub-command 0x0001, data: the product state to change to, 4 bytes, most significant first",
      "0x50 sub-command 0x0002, 4 zero bytes: software reset",
    ],
    notes: [],
  },
  {
    productId: 0x478,
    name: "STM32H523xx/533xx",
    parts: ["STM32H523", "STM32H533"],
    series: "H5",
    core: "Cortex-M33",
    flash: {
      base: 0x0800_0000,
      maxSize: 512 * KiB,
      sizesKiB: [256, 512],
      sizeRegister: 0x08ff_f80c,
      uidRegister: 0x08ff_f800,
      sectors: [{ count: 64, size: 8 * KiB }],
      unit: "page",
      dualBank: { bankSize: 256 * KiB, bank2FirstIndex: 32, smaller: "halved", firstIndexOpen: { 256: [32, 16] } },
      alternates: [],
      writeAlign: 16,
      erasedValue: 0xff,
    },
    ram: { start: 0x2000_0000, end: 0x2004_4000, accessible: [{ start: 0x2000_4000, end: 0x2004_4000 }] },
    systemMemory: [{ start: 0x0bf9_7000, end: 0x0bfa_0000 }],
    optionBytes: [],
    otp: { start: 0x08ff_f000, end: 0x08ff_f800 },
    dataEeprom: { start: 0x0900_0000, end: 0x0901_8000 },
    // Doubtful: this ID address lies outside the system memory of the same document.
    bootloaders: [
      {
        product: "STM32H523xx/533xx",
        version: "V14.0",
        id: 0xe0,
        idAddress: 0x0bf8_fffe,
        i2c: i2c478,
        usart: usart478,
        limitations: ["I2C and I3C do not work (wrong pins are configured)"],
        startupMs: 2.7,
      },
      {
        product: "STM32H523xx/533xx",
        version: "V14.2",
        id: 0xe2,
        idAddress: 0x0bf8_fffe,
        i2c: i2c478,
        usart: usart478,
        limitations: [],
        startupMs: 2.7,
      },
    ],
    specialCommands: [
      "0x50 sub-command 0x0001, data: the product state to change to, 4 bytes, most significant first",
      "0x50 sub-command 0x0002, 4 zero bytes: software reset",
      "0x50 sub-command 0x0083, data: an address in RAM, 4 bytes: data provisioning, at hide-protection level 1 only",
    ],
    notes: [],
  },
  {
    productId: 0x47a,
    name: "STM32H5Ex/5Fx",
    parts: ["STM32H5E", "STM32H5F"],
    series: "H5",
    core: "Cortex-M33",
    flash: {
      base: 0x0800_0000,
      maxSize: 4096 * KiB,
      sizesKiB: [],
      sizeRegister: 0x08ff_f80c,
      uidRegister: 0x08ff_f800,
      sectors: [{ count: 512, size: 8 * KiB }],
      unit: "page",
      dualBank: { bankSize: 2048 * KiB, bank2FirstIndex: 256, smaller: "halved", firstIndexOpen: {} },
      alternates: [],
      writeAlign: 16,
      erasedValue: 0xff,
    },
    ram: { start: 0x2000_0000, end: 0x2018_0000, accessible: [{ start: 0x2000_4000, end: 0x2018_0000 }] },
    systemMemory: [{ start: 0x0bfa_c000, end: 0x0bfb_8000 }],
    optionBytes: [],
    otp: { start: 0x08ff_f000, end: 0x08ff_f800 },
    dataEeprom: { start: 0x0900_0000, end: 0x0903_0000 },
    bootloaders: [
      {
        product: "STM32H5Ex/5Fx",
        version: "V15.0",
        id: 0xf0,
        idAddress: 0x0bfb_5ffe,
        i2c: [
          {
            instance: "I2C3/I2C4",
            pins: "PA8/PC9, PD12/PD13",
            address: 0x74,
            alternatives: [],
            protocol: "V2.0",
            maxSpeedHz: 400_000,
          },
        ],
        usart: [
          {
            instance: "USART1/USART2/USART3",
            pins: "PA9/PA10, PA2/PA3, PD8/PD9",
            protocol: "V4.0",
            parity: "even",
          },
        ],
        limitations: [],
        startupMs: 11.7,
      },
    ],
    i2cTimeoutMs: 1000,
    specialCommands: [
      "0x50 sub-command 0x0001, data: the product state to change to, 4 bytes, most significant first",
      "0x50 sub-command 0x0002, 4 zero bytes: software reset",
      "0x50 sub-command 0x0083, data: an address in RAM, 4 bytes: data provisioning, at hide-protection level 1 only",
    ],
    notes: [],
  },
  {
    productId: 0x484,
    name: "STM32H562xx/563xx/573xx",
    parts: ["STM32H562", "STM32H563", "STM32H573"],
    series: "H5",
    core: "Cortex-M33",
    flash: {
      base: 0x0800_0000,
      maxSize: 2048 * KiB,
      sizesKiB: [1024, 2048],
      sizeRegister: 0x08ff_f80c,
      uidRegister: 0x08ff_f800,
      sectors: [{ count: 256, size: 8 * KiB }],
      unit: "page",
      dualBank: { bankSize: 1024 * KiB, bank2FirstIndex: 128, smaller: "halved", firstIndexOpen: { 1024: [128, 64] } },
      alternates: [],
      writeAlign: 16,
      erasedValue: 0xff,
      massErase: true,
    },
    // Doubtful: AN2606 reserves nothing in its table and 16 KB in the section; the section stands here.
    ram: { start: 0x2000_0000, end: 0x200a_0000, accessible: [{ start: 0x2000_4000, end: 0x200a_0000 }] },
    systemMemory: [{ start: 0x0bf9_7000, end: 0x0bfa_0000 }],
    optionBytes: [{ start: 0x4002_2050, end: 0x4002_2100 }],
    otp: { start: 0x08ff_f000, end: 0x08ff_f800 },
    dataEeprom: { start: 0x0900_0000, end: 0x0901_8000 },
    // Doubtful: ID address 0x0BF9FAFE in AN2606, 0x0BF9FCFE elsewhere.
    bootloaders: [
      {
        product: "STM32H562xx/563xx/573xx",
        version: "V14.3",
        id: 0xe3,
        idAddress: 0x0bf9_fafe,
        i2c: i2c484,
        usart: usart484,
        limitations: [
          "Jump to the bootloader crashes with TrustZone on, hide-protection level 3 and product state Provisioned or above",
        ],
        startupMs: 1.8,
      },
      {
        product: "STM32H562xx/563xx/573xx",
        version: "V14.4",
        id: 0xe4,
        idAddress: 0x0bf9_fafe,
        i2c: i2c484,
        usart: usart484,
        limitations: ["Data-flash (EEPROM) sector erase does not work on 1-Mbyte parts"],
        startupMs: 1.8,
      },
      {
        product: "STM32H562xx/563xx/573xx",
        version: "V14.5",
        id: 0xe5,
        idAddress: 0x0bf9_fafe,
        i2c: i2c484,
        usart: usart484,
        limitations: [],
        startupMs: 1.8,
      },
    ],
    i2cTimeoutMs: 1000,
    specialCommands: [
      "0x50 sub-command 0x0001, data: the product state to change to, 4 bytes, most significant first",
      "0x50 sub-command 0x0002, 4 zero bytes: software reset",
      "0x50 sub-command 0x0083, data: an address in RAM, 4 bytes: data provisioning, at hide-protection level 1 only",
    ],
    notes: [
      "A ROM routine at 0x0BF9F500 erases data-flash sectors: the list (count, then sector numbers, 0-7 bank 1, 8-15 bank 2) is written at RAM 0x20004000 and the routine is started with Go; the host must reconnect afterwards",
    ],
  },
];
