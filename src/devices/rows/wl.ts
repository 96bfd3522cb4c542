// STM32WL. AN2606 Rev 70 (names, bootloaders, interfaces, RAM, limitations, timings); reference manuals and CMSIS headers
// (flash layout, size and unique-ID registers). What is doubtful is marked here and listed in docs/devices.md.
import type { Device, UsartRow } from "../device.js";
import { KiB } from "../device.js";

const usart497: readonly UsartRow[] = [
  { instance: "USART1/USART2", pins: "PA9/PA10, PA2/PA3", protocol: "V3.1", parity: "even" },
];

export const rows: readonly Device[] = [
  {
    productId: 0x5f,
    name: "STM32WL3xxx",
    parts: ["STM32WL3"],
    series: "WL",
    flash: {
      base: 0x1004_0000,
      maxSize: 256 * KiB,
      sizesKiB: [64, 128, 256],
      sectors: [{ count: 128, size: 2 * KiB }],
      unit: "page",
      alternates: [],
      writeAlign: 4,
      erasedValue: 0xff,
      massErase: true,
    },
    ram: { start: 0x2000_0000, end: 0x2000_8000, accessible: [{ start: 0x2000_0000, end: 0x2000_7400 }] },
    systemMemory: [{ start: 0x1000_0000, end: 0x1000_1800 }],
    optionBytes: [],
    bootloaders: [
      {
        product: "STM32WL3xxx",
        version: "V4.0",
        i2c: [],
        usart: [{ instance: "USART", pins: "PA1/PA15 (PB14 (QFN32))", protocol: "V4.0", parity: "none" }],
        limitations: [],
      },
    ],
    specialCommands: [],
    notes: [
      "The bootloader gives no access to peripherals or system memory, so flash size (register 0x40001014) and unique ID (0x10001EF0) cannot be read through it",
      "PID is the product-ID byte: Get ID returns 3 bytes (4 on WB09): metal-fix version, mask-set version, product ID; value from stm32loader, not in AN2606",
    ],
  },
  {
    productId: 0x497,
    name: "STM32WLE5xx/55xx",
    parts: ["STM32WL54", "STM32WL55", "STM32WL5M", "STM32WLE4", "STM32WLE5"],
    series: "WL",
    core: "Cortex-M0+/Cortex-M4",
    flash: {
      base: 0x0800_0000,
      maxSize: 256 * KiB,
      sizesKiB: [64, 128, 256],
      sizeRegister: 0x1fff_75e0,
      uidRegister: 0x1fff_7590,
      sectors: [{ count: 128, size: 2 * KiB }],
      unit: "page",
      alternates: [],
      writeAlign: 8,
      erasedValue: 0xff,
      massErase: true,
    },
    ram: { start: 0x2000_0000, end: 0x2001_0000, accessible: [{ start: 0x2000_2000, end: 0x2001_0000 }] },
    systemMemory: [{ start: 0x1fff_0000, end: 0x1fff_4000 }],
    optionBytes: [{ start: 0x1fff_7800, end: 0x1fff_7868 }],
    otp: { start: 0x1fff_7000, end: 0x1fff_7400 },
    bootloaders: [
      {
        product: "STM32WLE5xx/55xx",
        version: "V12.2",
        id: 0xc2,
        idAddress: 0x1fff_3efe,
        i2c: [],
        usart: usart497,
        limitations: [
          "Option registers FLASH_SFR and FLASH_SRRVR cannot be read or written by the bootloader",
        ],
        startupMs: 0.39,
      },
      {
        product: "STM32WLE5xx/55xx",
        version: "V12.3",
        id: 0xc3,
        idAddress: 0x1fff_3efe,
        i2c: [],
        usart: usart497,
        limitations: [
          "Option registers FLASH_SFR and FLASH_SRRVR cannot be read or written by the bootloader",
        ],
        startupMs: 0.39,
      },
      {
        product: "STM32WLE5xx/55xx",
        version: "V12.4",
        id: 0xc4,
        idAddress: 0x1fff_3efe,
        i2c: [],
        usart: usart497,
        limitations: [
          "Option registers FLASH_SFR and FLASH_SRRVR cannot be read or written by the bootloader",
        ],
        startupMs: 0.39,
      },
    ],
    specialCommands: [],
    emptyCheck: { clearedBy: [] },
    notes: [],
  },
];
