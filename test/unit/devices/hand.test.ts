/**
 * A few chips written out by hand, to hold the table to account: AN2606 (I2C addresses) and the flash chapters of RM0444 (G071),
 * RM0090 (F407, F429), RM0376 (L072), RM0433 (H743), RM0440 (G474), RM0490 (C031), RM0091 (F072), RM0351 (L476), RM0434 (WB55),
 * RM0481 (H563), RM0410 (F767); WBA2: stm32wbaxx_hal_flash.h and stm32wba25xx.h.
 */
import { describe, expect, it } from "vitest";
import { devicesAtAddress } from "../../../src/devices/address.js";
import type { Geometry } from "../../../src/devices/device.js";
import { geometryOf, pagesTouching } from "../../../src/devices/geometry.js";
import { deviceByProductId } from "../../../src/devices/load.js";

interface Facts {
  readonly productId: number;
  readonly name: string;
  readonly address?: number;
  readonly kib: number;
  readonly pages: number;
  readonly unit: "page" | "sector";
  readonly writeAlign: number;
  readonly erased: number;
  readonly sizeRegister: number;
  /** Address, number, size, bank. */
  readonly probes: readonly (readonly [number, number, number, 1 | 2])[];
}

const CHIPS: readonly Facts[] = [
  {
    productId: 0x460,
    name: "G071",
    address: 0x51,
    kib: 128,
    pages: 64,
    unit: "page",
    writeAlign: 8,
    erased: 0xff,
    sizeRegister: 0x1fff_75e0,
    probes: [
      [0x0800_0000, 0, 2048, 1],
      [0x0800_07ff, 0, 2048, 1],
      [0x0800_0800, 1, 2048, 1],
      [0x0801_ffff, 63, 2048, 1],
    ],
  },
  {
    productId: 0x413,
    name: "F407",
    address: 0x3a,
    kib: 1024,
    pages: 12,
    unit: "sector",
    writeAlign: 4,
    erased: 0xff,
    sizeRegister: 0x1fff_7a22,
    probes: [
      [0x0800_c000, 3, 0x4000, 1],
      [0x0801_0000, 4, 0x1_0000, 1],
      [0x0802_0000, 5, 0x2_0000, 1],
      [0x080e_0000, 11, 0x2_0000, 1],
    ],
  },
  {
    productId: 0x447,
    name: "L072",
    address: 0x42,
    kib: 192,
    pages: 1536,
    unit: "page",
    writeAlign: 8,
    erased: 0x00,
    sizeRegister: 0x1ff8_007c,
    probes: [
      [0x0800_0080, 1, 128, 1],
      [0x0801_7f80, 767, 128, 1],
      [0x0801_8000, 768, 128, 2],
      [0x0802_ff80, 1535, 128, 2],
    ],
  },
  {
    productId: 0x450,
    name: "H743",
    address: 0x4e,
    kib: 2048,
    pages: 16,
    unit: "sector",
    writeAlign: 32,
    erased: 0xff,
    sizeRegister: 0x1ff1_e880,
    probes: [
      [0x080e_0000, 7, 0x2_0000, 1],
      [0x0810_0000, 8, 0x2_0000, 2],
      [0x081f_ffff, 15, 0x2_0000, 2],
    ],
  },
  {
    productId: 0x469,
    name: "G474",
    address: 0x53,
    kib: 512,
    pages: 256,
    unit: "page",
    writeAlign: 8,
    erased: 0xff,
    sizeRegister: 0x1fff_75e0,
    probes: [
      [0x0803_f800, 127, 2048, 1],
      [0x0804_0000, 128, 2048, 2],
      [0x0807_f800, 255, 2048, 2],
    ],
  },
  {
    productId: 0x453,
    name: "C031",
    address: 0x63,
    kib: 32,
    pages: 16,
    unit: "page",
    writeAlign: 8,
    erased: 0xff,
    sizeRegister: 0x1fff_75a0,
    probes: [[0x0800_7800, 15, 2048, 1]],
  },
  {
    productId: 0x448,
    name: "F072",
    address: 0x3b,
    kib: 128,
    pages: 64,
    unit: "page",
    writeAlign: 4,
    erased: 0xff,
    sizeRegister: 0x1fff_f7cc,
    probes: [[0x0801_f800, 63, 2048, 1]],
  },
  {
    productId: 0x415,
    name: "L476",
    address: 0x43,
    kib: 1024,
    pages: 512,
    unit: "page",
    writeAlign: 8,
    erased: 0xff,
    sizeRegister: 0x1fff_75e0,
    probes: [
      [0x0807_f800, 255, 2048, 1],
      [0x0808_0000, 256, 2048, 2],
      [0x080f_f800, 511, 2048, 2],
    ],
  },
  {
    productId: 0x495,
    name: "WB55",
    address: 0x4f,
    kib: 1024,
    pages: 256,
    unit: "page",
    writeAlign: 8,
    erased: 0xff,
    sizeRegister: 0x1fff_75e0,
    probes: [
      [0x0800_1000, 1, 4096, 1],
      [0x080f_f000, 255, 4096, 1],
    ],
  },
  {
    productId: 0x4b2,
    name: "WBA23",
    address: 0x78,
    kib: 512,
    pages: 128,
    unit: "page",
    writeAlign: 16,
    erased: 0xff,
    sizeRegister: 0x0bf8_d7a0,
    probes: [
      [0x0800_1000, 1, 4096, 1],
      [0x0801_0000, 16, 4096, 1],
      [0x0807_f000, 127, 4096, 1],
    ],
  },
  {
    productId: 0x484,
    name: "H563",
    address: 0x65,
    kib: 2048,
    pages: 256,
    unit: "page",
    writeAlign: 16,
    erased: 0xff,
    sizeRegister: 0x08ff_f80c,
    probes: [
      [0x080f_e000, 127, 8192, 1],
      [0x0810_0000, 128, 8192, 2],
      [0x081f_e000, 255, 8192, 2],
    ],
  },
  {
    productId: 0x419,
    name: "F429",
    address: 0x38,
    kib: 2048,
    pages: 24,
    unit: "sector",
    writeAlign: 4,
    erased: 0xff,
    sizeRegister: 0x1fff_7a22,
    probes: [
      [0x080e_0000, 11, 0x2_0000, 1],
      [0x0810_0000, 12, 0x4000, 2],
      [0x0811_0000, 16, 0x1_0000, 2],
      [0x081e_0000, 23, 0x2_0000, 2],
    ],
  },
  {
    productId: 0x451,
    name: "F767",
    address: 0x49,
    kib: 2048,
    pages: 12,
    unit: "sector",
    writeAlign: 8,
    erased: 0xff,
    sizeRegister: 0x1ff0_f442,
    probes: [
      [0x0801_8000, 3, 0x8000, 1],
      [0x0802_0000, 4, 0x2_0000, 1],
      [0x0804_0000, 5, 0x4_0000, 1],
      [0x081c_0000, 11, 0x4_0000, 1],
    ],
  },
];

const probe = (geometry: Geometry, address: number): readonly unknown[] => {
  const [page] = pagesTouching(geometry, address, address + 1);
  return page ? [page.index, page.size, page.bank] : [];
};

describe.each(CHIPS)("$name", (facts) => {
  it("has the flash that its manual describes", async () => {
    const device = (await deviceByProductId(facts.productId))!;
    const geometry = geometryOf(device);
    expect(geometry).toMatchObject({
      base: 0x0800_0000,
      size: facts.kib * 1024,
      end: 0x0800_0000 + facts.kib * 1024,
      unit: facts.unit,
      writeAlign: facts.writeAlign,
      erasedValue: facts.erased,
    });
    expect(geometry.pages).toHaveLength(facts.pages);
    expect(device.flash.sizeRegister).toBe(facts.sizeRegister);
    for (const [address, ...expected] of facts.probes) expect(probe(geometry, address)).toEqual(expected);
  });

  it.runIf(facts.address !== undefined)("answers at its I2C address", async () => {
    const matches = await devicesAtAddress(facts.address!);
    expect(matches.filter(({ doubtful }) => !doubtful).map(({ device }) => device.productId)).toContain(
      facts.productId,
    );
  });
});

describe("smaller members", () => {
  const cut = async (productId: number, kib: number, layout?: string): Promise<Geometry> =>
    geometryOf((await deviceByProductId(productId))!, kib * 1024, layout);
  const numbers = (geometry: Geometry): string =>
    [1, 2]
      .map((bank) => geometry.pages.filter((page) => page.bank === bank))
      .filter((pages) => pages.length > 0)
      .map((pages) => `${pages[0]!.index}-${pages.at(-1)!.index} @${pages[0]!.address.toString(16)}`)
      .join(", ");

  it.each<[string, number, number, string, string?]>([
    ["F407 with 512 KiB", 0x413, 512, "0-7 @8000000"],
    ["F429 with 1 MiB has one bank", 0x419, 1024, "0-11 @8000000"],
    ["F429 with 512 KiB has one bank", 0x419, 512, "0-7 @8000000"],
    [
      "F429 with 1 MiB and DB1M has sectors 12-19 in bank 2",
      0x419,
      1024,
      "0-7 @8000000, 12-19 @8080000",
      "dual-bank",
    ],
    ["F767 with 1 MiB", 0x451, 1024, "0-7 @8000000"],
    ["F767 with 2 MiB in dual-bank mode", 0x451, 2048, "0-11 @8000000, 12-23 @8100000", "dual-bank"],
    ["F767 with 1 MiB in dual-bank mode", 0x451, 1024, "0-7 @8000000, 12-19 @8080000", "dual-bank"],
    ["H743 with 1 MiB has a gap after 512 KiB", 0x450, 1024, "0-3 @8000000, 8-11 @8100000"],
    ["H750 has one sector", 0x450, 128, "0-0 @8000000"],
    ["H7A3 with 1 MiB has a gap", 0x480, 1024, "0-63 @8000000, 128-191 @8100000"],
    ["H7B0 has one bank", 0x480, 128, "0-15 @8000000"],
    ["G474 with 256 KiB has a gap", 0x469, 256, "0-63 @8000000, 128-191 @8040000"],
    ["G474 with 512 KiB in one bank", 0x469, 512, "0-127 @8000000", "single-bank"],
    ["L072 with 128 KiB", 0x447, 128, "0-511 @8000000, 512-1023 @8010000"],
    ["L072 with 64 KiB has one bank", 0x447, 64, "0-511 @8000000"],
    ["L152 of cat. 6 with 384 KiB has a gap", 0x437, 384, "0-767 @8000000, 1024-1791 @8040000"],
    ["C551 with 256 KiB", 0x44e, 256, "0-15 @8000000, 16-31 @8020000"],
    ["L152 of cat. 4 with 256 KiB", 0x436, 256, "0-767 @8000000, 768-1023 @8030000"],
    ["F103 XL with 768 KiB", 0x430, 768, "0-255 @8000000, 256-383 @8080000"],
    ["L476 with 512 KiB", 0x415, 512, "0-127 @8000000, 128-255 @8040000"],
    [
      "L476 with 512 KiB, bank 2 numbered as in RM0351",
      0x415,
      512,
      "0-127 @8000000, 256-383 @8040000",
      "bank2-from-256",
    ],
    ["G0B1 with 512 KiB", 0x467, 512, "0-127 @8000000, 128-255 @8040000"],
    [
      "G0B1 with 512 KiB, bank 2 numbered as in RM0444",
      0x467,
      512,
      "0-127 @8000000, 256-383 @8040000",
      "bank2-from-256",
    ],
    ["G0B1 with 128 KiB has one bank", 0x467, 128, "0-63 @8000000"],
    ["H563 with 1 MiB, by the likelier reading", 0x484, 1024, "0-63 @8000000, 128-191 @8080000"],
    ["U575 with 1 MiB, by the likelier reading", 0x482, 1024, "0-63 @8000000, 128-191 @8080000"],
    ["WB55 with 512 KiB", 0x495, 512, "0-127 @8000000"],
  ])("%s", async (...[, productId, kib, expected, layout]) => {
    const geometry = await cut(productId, kib, layout);
    expect(numbers(geometry)).toBe(expected);
    expect(geometry.size).toBe(kib * 1024);
  });
});
