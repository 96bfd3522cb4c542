// STM32F7. AN2606 Rev 70 (names, bootloaders, interfaces, RAM, limitations, timings); reference manuals and CMSIS headers
// (flash layout, size and unique-ID registers). What is doubtful is marked here and listed in docs/devices.md.
import type { Device, I2cRow, UsartRow } from "../device.js";
import { KiB } from "../device.js";

const i2c449: readonly I2cRow[] = [
  {
    instance: "I2C1/I2C2/I2C3",
    pins: "PB6/PB9, PF1/PF0, PA8/PC9",
    address: 0x45,
    alternatives: [],
    protocol: "V1.2",
    maxSpeedHz: 400_000,
  },
];
const usart449: readonly UsartRow[] = [
  { instance: "USART1/USART3", pins: "PA9/PA10, PB10/PB11 or PC10/PC11", protocol: "V3.1", parity: "even" },
];

export const rows: readonly Device[] = [
  {
    productId: 0x449,
    name: "STM32F74xxx/75xxx",
    parts: ["STM32F745", "STM32F746", "STM32F750", "STM32F756"],
    series: "F7",
    core: "Cortex-M7",
    flash: {
      base: 0x0800_0000,
      maxSize: 1024 * KiB,
      sizesKiB: [64, 512, 1024],
      sizeRegister: 0x1ff0_f442,
      uidRegister: 0x1ff0_f420,
      sectors: [
        { count: 4, size: 32 * KiB },
        { count: 1, size: 128 * KiB },
        { count: 3, size: 256 * KiB },
      ],
      unit: "sector",
      alternates: [],
      writeAlign: 8,
      erasedValue: 0xff,
      massErase: true,
    },
    ram: { start: 0x2000_0000, end: 0x2005_0000, accessible: [{ start: 0x2000_4000, end: 0x2005_0000 }] },
    systemMemory: [{ start: 0x1ff0_0000, end: 0x1ff0_edc0 }],
    optionBytes: [{ start: 0x1fff_0000, end: 0x1fff_0020 }],
    otp: { start: 0x1ff0_f000, end: 0x1ff0_f420 },
    bootloaders: [
      {
        product: "STM32F74xxx/75xxx",
        version: "V7.0",
        id: 0x70,
        idAddress: 0x1ff0_edbe,
        i2c: i2c449,
        usart: usart449,
        limitations: [
          "USART baud detection has software jitter (up to 5 percent): at 115200 the connection may fail; use 57600 or lower, or retry",
        ],
        startupMs: 16.63,
      },
      {
        product: "STM32F74xxx/75xxx",
        version: "V9.0",
        id: 0x90,
        idAddress: 0x1ff0_edbe,
        i2c: i2c449,
        usart: usart449,
        limitations: [
          "USART baud detection has software jitter (up to 5 percent): at 115200 the connection may fail; use 57600 or lower, or retry",
        ],
        startupMs: 16.63,
      },
    ],
    i2cTimeoutMs: 500,
    specialCommands: [],
    notes: [
      "V7.x in silicon revision A; V9.x in revisions Z and 1",
      "With read-out protection level 2 the device can still boot the bootloader; only Get, Get ID and Get Version work",
    ],
  },
  {
    productId: 0x451,
    name: "STM32F76xxx/77xxx",
    parts: ["STM32F765", "STM32F767", "STM32F768", "STM32F769", "STM32F777", "STM32F778", "STM32F779"],
    series: "F7",
    core: "Cortex-M7",
    flash: {
      base: 0x0800_0000,
      maxSize: 2048 * KiB,
      sizesKiB: [1024, 2048],
      sizeRegister: 0x1ff0_f442,
      uidRegister: 0x1ff0_f420,
      sectors: [
        { count: 4, size: 32 * KiB },
        { count: 1, size: 128 * KiB },
        { count: 7, size: 256 * KiB },
      ],
      unit: "sector",
      alternates: [
        {
          key: "dual-bank",
          when: "nDBANK = 0",
          sectors: [
            { count: 4, size: 16 * KiB },
            { count: 1, size: 64 * KiB },
            { count: 7, size: 128 * KiB },
            { count: 4, size: 16 * KiB },
            { count: 1, size: 64 * KiB },
            { count: 7, size: 128 * KiB },
          ],
          dualBank: { bankSize: 1024 * KiB, bank2FirstIndex: 12, smaller: "halved", numbersStay: true },
        },
      ],
      writeAlign: 8,
      erasedValue: 0xff,
      massErase: true,
    },
    ram: { start: 0x2000_0000, end: 0x2008_0000, accessible: [{ start: 0x2000_4000, end: 0x2008_0000 }] },
    systemMemory: [{ start: 0x1ff0_0000, end: 0x1ff0_edc0 }],
    optionBytes: [{ start: 0x1fff_0000, end: 0x1fff_0020 }],
    otp: { start: 0x1ff0_f000, end: 0x1ff0_f420 },
    bootloaders: [
      {
        product: "STM32F76xxx/77xxx",
        version: "V9.3",
        id: 0x93,
        idAddress: 0x1ff0_edbe,
        i2c: [
          {
            instance: "I2C1/I2C2/I2C3",
            pins: "PB6/PB9, PF1/PF0, PA8/PC9",
            address: 0x49,
            alternatives: [],
            protocol: "V1.2",
            maxSpeedHz: 400_000,
          },
        ],
        usart: [
          {
            instance: "USART1/USART3",
            pins: "PA9/PA10, PB10/PB11 or PC10/PC11",
            protocol: "V3.1",
            parity: "even",
          },
        ],
        limitations: [
          "In dual-bank boot mode only BOOT_ADD0 is considered, whatever the BOOT0 pin",
          "USART baud detection has software jitter (up to 5 percent): at 115200 the connection may fail; use 57600 or lower, or retry",
        ],
      },
    ],
    specialCommands: [],
    notes: [],
  },
  {
    productId: 0x452,
    name: "STM32F72xxx/73xxx",
    parts: ["STM32F722", "STM32F723", "STM32F730", "STM32F732", "STM32F733"],
    series: "F7",
    core: "Cortex-M7",
    flash: {
      base: 0x0800_0000,
      maxSize: 512 * KiB,
      sizesKiB: [64, 256, 512],
      sizeRegister: 0x1ff0_7a22,
      uidRegister: 0x1ff0_7a10,
      sectors: [
        { count: 4, size: 16 * KiB },
        { count: 1, size: 64 * KiB },
        { count: 3, size: 128 * KiB },
      ],
      unit: "sector",
      alternates: [],
      writeAlign: 8,
      erasedValue: 0xff,
      massErase: true,
    },
    ram: { start: 0x2000_0000, end: 0x2004_0000, accessible: [{ start: 0x2000_4000, end: 0x2004_0000 }] },
    systemMemory: [{ start: 0x1ff0_0000, end: 0x1ff0_edc0 }],
    optionBytes: [{ start: 0x1fff_0000, end: 0x1fff_0020 }],
    otp: { start: 0x1ff0_7800, end: 0x1ff0_7a10 },
    bootloaders: [
      {
        product: "STM32F72xxx/73xxx",
        version: "V9.0",
        id: 0x90,
        idAddress: 0x1ff0_edbe,
        // Doubtful: I2C2 is printed as 0b1001101x (0x4D), the others as 0b1001001x (0x49).
        i2c: [
          {
            instance: "I2C1/I2C3",
            pins: "PB6/PB9, PA8/PC9",
            address: 0x49,
            alternatives: [],
            protocol: "V1.2",
            maxSpeedHz: 400_000,
          },
          {
            instance: "I2C2",
            pins: "PF1/PF0",
            address: 0x4d,
            alternatives: [0x49],
            protocol: "V1.2",
            maxSpeedHz: 400_000,
          },
        ],
        usart: [
          {
            instance: "USART1/USART3",
            pins: "PA9/PA10, PB10/PB11 or PC10/PC11",
            protocol: "V3.1",
            parity: "even",
          },
        ],
        limitations: [
          "USART baud detection has software jitter (up to 5 percent): at 115200 the connection may fail; use 57600 or lower, or retry",
        ],
        startupMs: 17.93,
      },
    ],
    i2cTimeoutMs: 1000,
    specialCommands: [],
    notes: [],
  },
];
