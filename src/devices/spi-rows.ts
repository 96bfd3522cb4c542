/**
 * Which bootloaders speak SPI, and on which pins: AN2606 Rev 70, one row per product ID and set of versions. The bus runs at 8 MHz at most on
 * all of them, as far as it is printed (not for the C5 and the WBA2).
 */
import type { BootloaderRow, Device } from "./device.js";

export interface SpiRow {
  readonly productId: number;
  /** Of the bootloader; without them all that the device's row has. */
  readonly versions?: readonly string[];
  /** "V1.1" */
  readonly protocol: string;
  /** "SPI1/SPI2"; `pins` has them in the same order, "MOSI/MISO/SCK/NSS, MOSI/MISO/SCK/NSS". */
  readonly instance: string;
  readonly pins: string;
}

/** undefined: this bootloader has no SPI. */
export const spiOf = ({ productId }: Device, { version }: BootloaderRow): SpiRow | undefined =>
  SPI_ROWS.find((row) => row.productId === productId && (row.versions?.includes(version) ?? true));

// prettier-ignore
export const SPI_ROWS: readonly SpiRow[] = [
  { productId: 0x413, versions: ["V9.0", "V9.1"], protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PI3/PI2/PI1/PI0" },
  { productId: 0x415, versions: ["V9.0", "V9.1", "V9.2"], protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x417, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x419, versions: ["V9.0", "V9.1"], protocol: "V1.1", instance: "SPI1/SPI2/SPI4", pins: "PA7/PA6/PA5/PA4, PI3/PI2/PI1/PI0, PE14/PE13/PE12/PE11" },
  { productId: 0x421, protocol: "V1.1", instance: "SPI1/SPI2/SPI4", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PC7/PB12, PE14/PE13/PE12/PE11" },
  { productId: 0x423, protocol: "V1.1", instance: "SPI1/SPI2/SPI3", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12, PC12/PC11/PC10/PA15" },
  { productId: 0x425, protocol: "V1.1", instance: "SPI1", pins: "PA7/PA6/PA5/PA4" },
  { productId: 0x42a, protocol: "V2.0", instance: "SPI1/SPI2/SPI3", pins: "PA7/PA6/PA5/PA4, PD4/PD3/PD1/PD0, PB5/PB4/PB3/PA15" },
  { productId: 0x431, protocol: "V1.1", instance: "SPI1/SPI2/SPI3", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12, PC12/PC11/PC10/PA15" },
  { productId: 0x433, protocol: "V1.1", instance: "SPI1/SPI2/SPI3", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12, PC12/PC11/PC10/PA15" },
  { productId: 0x434, protocol: "V1.1", instance: "SPI1/SPI2/SPI4", pins: "PA7/PA6/PA5/PA4, PI3/PI2/PI1/PI0, PE14/PE13/PE12/PE11" },
  { productId: 0x435, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x441, protocol: "V1.1", instance: "SPI1/SPI3/SPI4", pins: "PA7/PA6/PA5/PA4, PC12/PC11/PC10/PA15, PE14/PE13/PE12/PE11" },
  { productId: 0x447, versions: ["V11.1", "V11.2"], protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x449, versions: ["V9.0"], protocol: "V1.2", instance: "SPI1/SPI2/SPI4", pins: "PA7/PA6/PA5/PA4, PI3/PI2/PI1/PI0, PE14/PE13/PE12/PE11" },
  { productId: 0x44c, protocol: "V2.0", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x44d, protocol: "V2.0", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x44e, protocol: "V2.0", instance: "SPI1/SPI2/SPI3", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12, PB2/PB0/PB1/PB8" },
  { productId: 0x44f, protocol: "V2.0", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x450, protocol: "V1.1", instance: "SPI1/SPI2/SPI3/SPI4", pins: "PA7/PA6/PA5/PA4, PI3/PI2/PI1/PI0, PC12/PC11/PC10/PA15, PE14/PE13/PE12/PE11" },
  { productId: 0x451, protocol: "V1.2", instance: "SPI1/SPI2/SPI4", pins: "PA7/PA6/PA5/PA4, PI3/PI2/PI1/PI0, PE14/PE13/PE12/PE11" },
  { productId: 0x452, protocol: "V1.2", instance: "SPI1/SPI2/SPI4", pins: "PA7/PA6/PA5/PA4, PI3/PI2/PI1/PI0, PE14/PE13/PE12/PE11" },
  { productId: 0x454, protocol: "V2.0", instance: "SPI1/SPI2/SPI3", pins: "PA7/PA6/PA5/PA4 (PG4/PG3/PG2/PG5 on WLCSP68-G from V14.2), PD4/PD3/PD1/PD0, PB5/PB4/PB3/PA15" },
  { productId: 0x455, protocol: "V1.1", instance: "SPI1/SPI2/SPI3", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12, PB5/PG10/PG9/PG12" },
  { productId: 0x457, protocol: "V1.1", instance: "SPI1", pins: "PA7/PA6/PA5/PA4 or PA7/PA14/PA13/PA4 on TSSOP14" },
  { productId: 0x458, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4 (F410C/R) or PB5/PB4/PA5/PA15 (F410T), PC3/PC2/PB13/PB12" },
  { productId: 0x459, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5 (PA1 on TSSOP20)/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x45a, protocol: "V2.0", instance: "SPI1/SPI2/SPI3", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12, PB2/PB0/PB1/PB8" },
  { productId: 0x460, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x461, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x462, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x463, protocol: "V1.1", instance: "SPI1/SPI3/SPI4", pins: "PA7/PA6/PA5/PA4, PC12/PC11/PC10/PA15, PE14/PE13/PE12/PE11" },
  { productId: 0x464, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x467, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x468, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x469, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x470, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x471, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x472, protocol: "V1.1", instance: "SPI1/SPI2/SPI3", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12, PB5/PG10/PG9/PG12" },
  { productId: 0x474, protocol: "V2.0", instance: "SPI1/SPI2/SPI3", pins: "PA7/PA0/PA8/PB8, PB1/PB14/PB10/PB12, PC12/PC11/PC10/PD2" },
  { productId: 0x476, protocol: "V1.1", instance: "SPI1/SPI2/SPI3", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12, PB5/PG10/PG9/PG12" },
  { productId: 0x478, protocol: "V2.0", instance: "SPI1/SPI2/SPI3", pins: "PA7/PA6/PA5/PA4, PC1 (PB15 on 48-pin and WLCSP39)/PB14/PB10/PB12, PC12/PC11/PC10/PA15" },
  { productId: 0x479, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x480, protocol: "V1.2", instance: "SPI1/SPI2/SPI3/SPI4", pins: "PA7/PA6/PA5/PA4, PI3/PI2/PI1/PI0, PC12/PC11/PC10/PA15, PE14/PE13/PE12/PE11" },
  { productId: 0x481, protocol: "V1.1", instance: "SPI1/SPI2/SPI3", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12, PB5/PG10/PG9/PG12" },
  { productId: 0x482, protocol: "V1.1", instance: "SPI1/SPI2/SPI3", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12, PB5/PG10/PG9/PG12" },
  { productId: 0x483, protocol: "V1.1", instance: "SPI1/SPI3/SPI4", pins: "PA7/PA6/PA5/PA4, PC12/PC11/PC10/PA15, PE14/PE13/PE12/PE11" },
  { productId: 0x484, protocol: "V2.0", instance: "SPI1/SPI2/SPI3", pins: "PA7/PA6/PA5/PA4, PC1/PB14/PB10/PB12, PC12/PC11/PC10/PA15" },
  { productId: 0x485, protocol: "V2.0", instance: "SPI1/SPI2/SPI3", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12, PC12/PB4/PB3/PA15" },
  { productId: 0x489, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x492, protocol: "V1.1", instance: "SPI3", pins: "PB8/PB9/PA0/PA5" },
  { productId: 0x493, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x494, protocol: "V1.1", instance: "SPI1", pins: "PA7/PA6/PA5/PA4" },
  { productId: 0x495, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x496, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x497, protocol: "V1.1", instance: "SPI1/SPI2", pins: "PA7/PA6/PA5/PA4, PB15/PB14/PB13/PB12" },
  { productId: 0x4b0, protocol: "V2.0", instance: "SPI2/SPI3", pins: "PB14/PB0/PA9/PA10, PB8/PB9/PA0/PA5" },
  { productId: 0x4b2, protocol: "V2.0", instance: "SPI3", pins: "PA6/PB4/PA8/PA5 (PB8/PB9/PA0/PA5 on QFN32 and QFN48-SMPS)" },
];
