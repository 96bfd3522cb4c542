// STM32WB. AN2606 Rev 70 (names, bootloaders, interfaces, RAM, limitations, timings); reference manuals and CMSIS headers
// (flash layout, size and unique-ID registers). What is doubtful is marked here and listed in docs/devices.md.
import type { Device } from "../device.js";
import { KiB } from "../device.js";

export const rows: readonly Device[] = [
  {
    productId: 0x494,
    name: "STM32WB10xx/15xx",
    parts: ["STM32WB10", "STM32WB15", "STM32WB1M"],
    series: "WB",
    core: "Cortex-M4",
    // erasedValue: 0xFF in the CMSIS pack, 0x00 in two other tables.
    flash: {
      base: 0x0800_0000,
      maxSize: 320 * KiB,
      sizesKiB: [320],
      sizeRegister: 0x1fff_75e0,
      uidRegister: 0x1fff_7590,
      sectors: [{ count: 160, size: 2 * KiB }],
      unit: "page",
      alternates: [],
      writeAlign: 8,
      erasedValue: 0xff,
      massErase: true,
    },
    // SRAM1, then SRAM2a and SRAM2b in one piece (stm32wb15xx.h, stm32wb10xx.h). What of it the bootloader uses is in doubt: AN2606
    // prints 0x20005000 to 0x20040000 as free; the upper part of SRAM2a is within that.
    ram: {
      start: 0x2000_0000,
      end: 0x2000_3000,
      others: [{ start: 0x2003_0000, end: 0x2003_9000 }],
      accessible: [{ start: 0x2003_5000, end: 0x2003_8000 }],
    },
    systemMemory: [{ start: 0x1fff_0000, end: 0x1fff_7000 }],
    optionBytes: [{ start: 0x1fff_7800, end: 0x1fff_7880 }],
    otp: { start: 0x1fff_7000, end: 0x1fff_7400 },
    bootloaders: [
      {
        product: "STM32WB10xx/15xx",
        version: "V11.1",
        id: 0xb1,
        idAddress: 0x1fff_6ffe,
        i2c: [
          {
            instance: "I2C1",
            pins: "PB6/PB7",
            address: 0x4f,
            alternatives: [],
            protocol: "V1.2",
            maxSpeedHz: 1_000_000,
          },
        ],
        usart: [{ instance: "USART1", pins: "PA9/PA10", protocol: "V3.1", parity: "even" }],
        limitations: [
          "I2C Write Unprotect (0x73) performs a Readout Unprotect (erases the flash): use the no-stretch code 0x74 instead",
        ],
        startupMs: 0.39,
      },
    ],
    i2cTimeoutMs: 1000,
    specialCommands: [],
    emptyCheck: { clearedBy: [] },
    notes: [],
  },
  {
    productId: 0x495,
    name: "STM32WB30xx/35xx/50xx/55xx",
    parts: ["STM32WB30", "STM32WB35", "STM32WB50", "STM32WB55", "STM32WB5M"],
    series: "WB",
    core: "Cortex-M4",
    flash: {
      base: 0x0800_0000,
      maxSize: 1024 * KiB,
      sizesKiB: [256, 512, 640, 1024],
      sizeRegister: 0x1fff_75e0,
      uidRegister: 0x1fff_7590,
      sectors: [{ count: 256, size: 4 * KiB }],
      unit: "page",
      alternates: [],
      writeAlign: 8,
      erasedValue: 0xff,
      massErase: true,
    },
    // The rows of WB1x and WB5x are swapped in the RAM table of AN2606; put right here. WB30 and WB35 have nothing from 0x20008000
    // to 0x20030000 (stm32wb35xx.h); a program in RAM goes to the start of what is accessible, below that.
    ram: { start: 0x2000_0000, end: 0x2004_0000, accessible: [{ start: 0x2000_5000, end: 0x2004_0000 }] },
    systemMemory: [{ start: 0x1fff_0000, end: 0x1fff_7000 }],
    optionBytes: [{ start: 0x1fff_8000, end: 0x1fff_8080 }],
    otp: { start: 0x1fff_7000, end: 0x1fff_7400 },
    bootloaders: [
      {
        product: "STM32WB30xx/35xx/50xx/55xx",
        version: "V13.5",
        id: 0xd5,
        idAddress: 0x1fff_6ffe,
        i2c: [
          {
            instance: "I2C1/I2C3",
            pins: "PB6/PB7, PC0/PC1",
            address: 0x4f,
            alternatives: [],
            protocol: "V1.2",
            maxSpeedHz: 1_000_000,
          },
        ],
        usart: [{ instance: "USART1", pins: "PA9/PA10", protocol: "V3.2", parity: "even" }],
        limitations: [
          "Readout Unprotect ends in a plain reset, so the new level is only effective after a power cycle",
          "I2C Write Unprotect (0x73) performs a Readout Unprotect (erases the flash): use the no-stretch code 0x74 instead",
        ],
        startupMs: 0.39,
      },
    ],
    i2cTimeoutMs: 1000,
    specialCommands: [],
    emptyCheck: { clearedBy: [] },
    notes: [
      "The upper flash is reserved for the radio stack and its updater: mass erase and high pages may be refused",
    ],
  },
  {
    productId: 0x496,
    name: "STM32WB30xx/35xx",
    parts: ["STM32WB30", "STM32WB35"],
    series: "WB",
    core: "Cortex-M4",
    // erasedValue: 0xFF in the CMSIS pack, 0x00 in one other table.
    flash: {
      base: 0x0800_0000,
      maxSize: 512 * KiB,
      sizesKiB: [256, 512],
      sizeRegister: 0x1fff_75e0,
      uidRegister: 0x1fff_7590,
      sectors: [{ count: 128, size: 4 * KiB }],
      unit: "page",
      alternates: [],
      writeAlign: 8,
      erasedValue: 0xff,
    },
    // SRAM1, then SRAM2a and SRAM2b (stm32wb35xx.h). What the bootloader uses is not known: AN2606 has no row for this product ID.
    ram: {
      start: 0x2000_0000,
      end: 0x2000_8000,
      others: [{ start: 0x2003_0000, end: 0x2004_0000 }],
      accessible: [],
    },
    systemMemory: [{ start: 0x1fff_0000, end: 0x1fff_7000 }],
    optionBytes: [{ start: 0x1fff_8000, end: 0x1fff_8080 }],
    otp: { start: 0x1fff_7000, end: 0x1fff_7400 },
    bootloaders: [
      {
        product: "STM32WB30xx/35xx/50xx/55xx",
        version: "V13.5",
        id: 0xd5,
        idAddress: 0x1fff_6ffe,
        i2c: [
          {
            instance: "I2C1/I2C3",
            pins: "PB6/PB7, PC0/PC1",
            address: 0x4f,
            alternatives: [],
            protocol: "V1.2",
            maxSpeedHz: 1_000_000,
          },
        ],
        usart: [{ instance: "USART1", pins: "PA9/PA10", protocol: "V3.2", parity: "even" }],
        limitations: [
          "Readout Unprotect ends in a plain reset, so the new level is only effective after a power cycle",
          "I2C Write Unprotect (0x73) performs a Readout Unprotect (erases the flash): use the no-stretch code 0x74 instead",
        ],
        startupMs: 0.39,
      },
    ],
    i2cTimeoutMs: 1000,
    specialCommands: [],
    emptyCheck: { clearedBy: [] },
    notes: [
      "The upper flash is reserved for the radio stack and its updater: mass erase and high pages may be refused",
      "PID 0x496 is not in AN2606 (which lists WB30/WB35 under 0x495); OpenOCD and the STM32CubeProgrammer database give 0x496 for WB30/WB35, so a host should accept both",
    ],
  },
];
