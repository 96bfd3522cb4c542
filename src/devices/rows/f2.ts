// STM32F2. AN2606 Rev 70 (names, bootloaders, interfaces, RAM, limitations, timings); reference manuals and CMSIS headers
// (flash layout, size and unique-ID registers). What is doubtful is marked here and listed in docs/devices.md.
import type { Device, UsartRow } from "../device.js";
import { KiB } from "../device.js";

const usart411: readonly UsartRow[] = [
  { instance: "USART1/USART3", pins: "PA9/PA10, PB10/PB11 or PC10/PC11", protocol: "V3.1", parity: "even" },
];

export const rows: readonly Device[] = [
  {
    productId: 0x411,
    name: "STM32F2xxxx",
    parts: ["STM32F205", "STM32F207", "STM32F215", "STM32F217"],
    series: "F2",
    core: "Cortex-M3",
    flash: {
      base: 0x0800_0000,
      maxSize: 1024 * KiB,
      sizesKiB: [128, 256, 512, 768, 1024],
      sizeRegister: 0x1fff_7a22,
      uidRegister: 0x1fff_7a10,
      sectors: [
        { count: 4, size: 16 * KiB },
        { count: 1, size: 64 * KiB },
        { count: 7, size: 128 * KiB },
      ],
      unit: "sector",
      alternates: [],
      writeAlign: 4,
      erasedValue: 0xff,
      massErase: true,
    },
    ram: { start: 0x2000_0000, end: 0x2002_0000, accessible: [{ start: 0x2000_2000, end: 0x2002_0000 }] },
    systemMemory: [{ start: 0x1fff_0000, end: 0x1fff_7800 }],
    optionBytes: [{ start: 0x1fff_c000, end: 0x1fff_c010 }],
    otp: { start: 0x1fff_7800, end: 0x1fff_7a10 },
    bootloaders: [
      {
        product: "STM32F2xxxx",
        version: "V2.0",
        id: 0x20,
        idAddress: 0x1fff_77de,
        i2c: [],
        usart: [
          {
            instance: "USART1/USART3",
            pins: "PA9/PA10, PB10/PB11 or PC10/PC11",
            protocol: "V3.0",
            parity: "even",
          },
        ],
        limitations: [
          "Read/Write Memory with an unsupported address and a valid checksum gets no NACK; the following length byte and checksum are then taken as a new command",
        ],
        startupMs: 134,
      },
      {
        product: "STM32F2xxxx",
        version: "V3.2",
        id: 0x32,
        idAddress: 0x1fff_77de,
        i2c: [],
        usart: usart411,
        limitations: [
          "Read/Write Memory with an unsupported address and a valid checksum gets no NACK; the following length byte and checksum are then taken as a new command",
        ],
        startupMs: 84.59,
      },
      {
        product: "STM32F2xxxx",
        version: "V3.3",
        id: 0x33,
        idAddress: 0x1fff_77de,
        i2c: [],
        usart: usart411,
        limitations: [
          "USART: two consecutive NACKs are sent instead of one for Read/Write Memory when read protection is active",
        ],
        startupMs: 84.59,
      },
    ],
    specialCommands: [],
    notes: [
      "Flash is written byte by byte until a supply range (0 to 4) is written to the virtual address 0xFFFF0000",
    ],
  },
];
