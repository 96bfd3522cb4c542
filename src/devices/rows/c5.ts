// STM32C5. AN2606 Rev 70 (names, bootloaders, interfaces, RAM, limitations, timings); reference manuals and CMSIS headers
// (flash layout, size and unique-ID registers). What is doubtful is marked here and listed in docs/devices.md.
import type { Device } from "../device.js";
import { KiB } from "../device.js";

export const rows: readonly Device[] = [
  {
    productId: 0x44e,
    name: "STM32C55xxx/562xx",
    parts: ["STM32C551", "STM32C552", "STM32C562"],
    series: "C5",
    core: "Cortex-M33",
    flash: {
      base: 0x0800_0000,
      maxSize: 512 * KiB,
      sizesKiB: [256, 512],
      sizeRegister: 0x08ff_f80c,
      uidRegister: 0x08ff_f800,
      sectors: [{ count: 64, size: 8 * KiB }],
      unit: "page",
      dualBank: { bankSize: 256 * KiB, bank2FirstIndex: 32, smaller: "halved", firstIndexOpen: { 256: [16, 32] } },
      alternates: [],
      writeAlign: 16,
      erasedValue: 0xff,
    },
    ram: { start: 0x2000_0000, end: 0x2002_0000, accessible: [{ start: 0x2000_3c40, end: 0x2002_0000 }] },
    systemMemory: [{ start: 0x0bf8_0080, end: 0x0bf8_8600 }],
    optionBytes: [],
    // No id: V16.1 does not fit into the one byte that can be read.
    bootloaders: [
      {
        product: "STM32C55xxx/562xx",
        version: "V16.1",
        idAddress: 0x0bf8_85fe,
        i2c: [],
        usart: [
          {
            instance: "USART1/USART2/USART3/UART4",
            pins: "PA9/PA10, PA2/PA3, PD8/PD9, PA0/PA1",
            protocol: "V4.0",
            parity: "even",
          },
        ],
        limitations: [],
        startupMs: 4.8,
      },
    ],
    specialCommands: [
      "0x50 sub-command 0x0002, 4 zero bytes: software reset",
      "0x50 sub-command 0x00A4, data: a page number, 4 bytes: erase one page of data flash",
    ],
    emptyCheck: { clearedBy: [] },
    notes: [],
  },
  {
    productId: 0x44f,
    name: "STM32C531xx/532xx/542xx",
    parts: ["STM32C531", "STM32C532", "STM32C542"],
    series: "C5",
    core: "Cortex-M33",
    flash: {
      base: 0x0800_0000,
      maxSize: 256 * KiB,
      sizesKiB: [128, 256],
      sizeRegister: 0x08ff_f80c,
      uidRegister: 0x08ff_f800,
      sectors: [{ count: 32, size: 8 * KiB }],
      unit: "page",
      dualBank: { bankSize: 128 * KiB, bank2FirstIndex: 16, smaller: "halved", firstIndexOpen: { 128: [8, 16] } },
      alternates: [],
      writeAlign: 16,
      erasedValue: 0xff,
    },
    ram: { start: 0x2000_0000, end: 0x2001_0000, accessible: [{ start: 0x2000_3c00, end: 0x2001_0000 }] },
    systemMemory: [{ start: 0x0bf8_0080, end: 0x0bf8_8600 }],
    optionBytes: [],
    // No id: V16.0 does not fit into the one byte that can be read.
    bootloaders: [
      {
        product: "STM32C531xx/532xx/542xx",
        version: "V16.0",
        idAddress: 0x0bf8_85fe,
        i2c: [],
        usart: [
          {
            instance: "USART1/USART2/UART4",
            pins: "PA9/PA10, PA2/PA3 or TX PB0 (TSSOP20 QFN20 QFN24), PA0/PA1",
            protocol: "V4.0",
            parity: "even",
          },
        ],
        limitations: [],
        startupMs: 4.8,
      },
    ],
    specialCommands: [
      "0x50 sub-command 0x0002, 4 zero bytes: software reset",
      "0x50 sub-command 0x00A4, data: a page number, 4 bytes: erase one page of data flash",
    ],
    emptyCheck: { clearedBy: [] },
    notes: [],
  },
  {
    productId: 0x45a,
    name: "STM32C5A3xx/59xxx",
    parts: ["STM32C591", "STM32C593", "STM32C5A3"],
    series: "C5",
    core: "Cortex-M33",
    flash: {
      base: 0x0800_0000,
      maxSize: 1024 * KiB,
      sizesKiB: [512, 1024],
      sizeRegister: 0x08ff_f80c,
      uidRegister: 0x08ff_f800,
      sectors: [{ count: 128, size: 8 * KiB }],
      unit: "page",
      dualBank: { bankSize: 512 * KiB, bank2FirstIndex: 64, smaller: "halved", firstIndexOpen: { 512: [32, 64] } },
      alternates: [],
      writeAlign: 16,
      erasedValue: 0xff,
    },
    ram: { start: 0x2000_0000, end: 0x2004_0000, accessible: [{ start: 0x2000_3c00, end: 0x2004_0000 }] },
    systemMemory: [{ start: 0x0bf8_0080, end: 0x0bf8_8600 }],
    optionBytes: [],
    // No id: V16.0 does not fit into the one byte that can be read.
    bootloaders: [
      {
        product: "STM32C5A3xx/59xxx",
        version: "V16.0",
        idAddress: 0x0bf8_85fe,
        i2c: [],
        usart: [
          {
            instance: "USART1/USART2/USART3/UART4",
            pins: "PA9/PA10, PA2/PA3, PD8/PD9, PA0/PA1",
            protocol: "V4.0",
            parity: "even",
          },
        ],
        limitations: [],
        startupMs: 4.8,
      },
    ],
    specialCommands: [
      "0x50 sub-command 0x0002, 4 zero bytes: software reset",
      "0x50 sub-command 0x00A4, data: a page number, 4 bytes: erase one page of data flash",
    ],
    emptyCheck: { clearedBy: [] },
    notes: [],
  },
];
