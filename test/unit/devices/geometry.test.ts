import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Device, Geometry } from "../../../src/devices/device.js";
import {
  customGeometry,
  geometryOf,
  pagesTouching,
  plausibleFlashSize,
} from "../../../src/devices/geometry.js";
import { allDevices } from "../../../src/devices/load.js";

const devices = await allDevices();
const g071 = devices.find(({ productId }) => productId === 0x460)!;
const h743 = devices.find(({ productId }) => productId === 0x450)!;

/** Every layout of every size of a row. */
const geometriesOf = (device: Device): Geometry[] => {
  const sizes = device.flash.sizesKiB.length > 0 ? device.flash.sizesKiB : [device.flash.maxSize / 1024];
  return sizes.flatMap((kib) => [
    geometryOf(device, kib * 1024),
    ...device.flash.alternates
      .filter(({ sizesKiB }) => sizesKiB?.includes(kib) ?? true)
      .map(({ key }) => geometryOf(device, kib * 1024, key)),
  ]);
};

describe("pages", () => {
  it.each(devices.map((device) => [device.name, device] as const))(
    "of %s tile the flash, whatever the size",
    (_, device) => {
      for (const geometry of geometriesOf(device)) {
        const { pages, base, size, end } = geometry;
        let address = base;
        for (const [i, page] of pages.entries()) {
          const opensBank2 = page.bank === 2 && pages[i - 1]?.bank === 1;
          if (opensBank2) expect(page.address).toBeGreaterThanOrEqual(address);
          else expect(page.address).toBe(address);
          expect(page.index).toBeGreaterThan(pages[i - 1]?.index ?? -1);
          expect(page.address % page.size).toBe(base % page.size);
          address = page.address + page.size;
        }
        expect(address).toBe(end);
        expect(pages.reduce((sum, page) => sum + page.size, 0)).toBe(size);
        expect(geometry.banks).toBe(pages.at(-1)!.bank);
      }
    },
  );

  it("have a gap on H7, G47x and L1 members only", () => {
    const gaps = devices.filter((device) =>
      geometriesOf(device).some(({ base, size, end }) => end - base !== size),
    );
    expect(gaps.map(({ productId }) => productId)).toEqual([0x437, 0x450, 0x469, 0x480]);
  });

  const anyGeometry = fc.constantFrom(...devices.flatMap(geometriesOf));

  it("are found by any address in them, and by no other", () => {
    fc.assert(
      fc.property(anyGeometry, fc.nat(), (geometry, n) => {
        const address = geometry.base - 16 + (n % (geometry.end - geometry.base + 32));
        const slow = geometry.pages.find(
          (page) => address >= page.address && address < page.address + page.size,
        );
        expect(pagesTouching(geometry, address, address + 1)).toEqual(slow ? [slow] : []);
      }),
      { numRuns: 2000 },
    );
  });

  it("touched by a range are those that share a byte with it", () => {
    fc.assert(
      fc.property(anyGeometry, fc.nat(), fc.nat(), (geometry, a, b) => {
        const span = geometry.end - geometry.base + 32;
        const [start, end] = [geometry.base - 16 + (a % span), geometry.base - 16 + (b % span)];
        const slow = geometry.pages.filter(
          (page) => page.address < end && start < page.address + page.size && start < end,
        );
        expect(pagesTouching(geometry, start, end)).toEqual(slow);
      }),
      { numRuns: 500 },
    );
  });

  it("are none in the gap of a small H743", () => {
    const geometry = geometryOf(h743, 1024 * 1024);
    expect(pagesTouching(geometry, 0x0808_0000, 0x0810_0000)).toEqual([]);
    expect(pagesTouching(geometry, 0x0807_ffff, 0x0810_0001).map(({ index }) => index)).toEqual([3, 8]);
  });
});

describe("a size that no member has", () => {
  it("is cut to whole pages", () => {
    const geometry = geometryOf(g071, 95 * 1024);
    expect(geometry.size).toBe(94 * 1024);
  });

  it.each([0, 0xffff])("gives way to the largest member when it is %i KiB", (kib) => {
    const geometry = geometryOf(g071, kib * 1024);
    expect(geometry.size).toBe(128 * 1024);
  });

  it("is told from one that is sold", () => {
    expect(plausibleFlashSize(g071, 64)).toBe(true);
    expect(plausibleFlashSize(g071, 96)).toBe(false);
    expect(plausibleFlashSize(g071, 0xffff)).toBe(false);
    const h5e = devices.find(({ productId }) => productId === 0x47a)!;
    expect(plausibleFlashSize(h5e, 2048)).toBe(true);
    expect(plausibleFlashSize(h5e, 8192)).toBe(false);
    expect(plausibleFlashSize(h5e, 0)).toBe(false);
  });

  it("never makes a geometry without pages", () => {
    fc.assert(
      fc.property(fc.constantFrom(...devices), fc.integer({ min: 0, max: 2 ** 26 }), (device, size) => {
        expect(geometryOf(device, size).pages.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe("warnings", () => {
  const warnings = (productId: number, kib?: number, key?: string): readonly string[] | undefined =>
    geometryOf(
      devices.find((device) => device.productId === productId)!,
      kib && kib * 1024,
      key,
    ).warnings;

  it("are none for chips that are well known", () => {
    for (const productId of [0x460, 0x413, 0x415, 0x450, 0x484, 0x447])
      expect(warnings(productId)).toEqual([]);
  });

  it("say that the numbers of bank 2 are open, and what they can be", () => {
    const open = (numbers: string): string[] => [
      `Which number the first page of bank 2 has is not documented for this size (${numbers}): the chip is asked before anything else is erased.`,
    ];
    expect(warnings(0x467)).toEqual(open("128 or 256"));
    expect(warnings(0x467, 256)).toEqual(open("128 or 64 or 256"));
    expect(warnings(0x469, 256)).toEqual(open("128 or 64"));
    expect(warnings(0x469, 512)).toEqual([]);
    expect(warnings(0x467, 128)).toEqual([]);
    expect(warnings(0x437, 384)).toEqual([]);
  });

  it("are none for a layout that the user names, which has its number", () => {
    expect(warnings(0x467, 512, "bank2-from-256")).toEqual([]);
  });

  it("name both readings for a size that is not sold", () => {
    expect(warnings(0x47a, 2048)).toEqual([
      "Which number the first page of bank 2 has is not documented for this size (256 or 128): the chip is asked before anything else is erased.",
    ]);
  });

  it("say that a layout does not belong to a size", () => {
    expect(warnings(0x419, 2048, "dual-bank")).toEqual([
      `The layout "dual-bank" is documented for 1024 KiB members only.`,
    ]);
  });
});

describe("a layout that the chip does not have", () => {
  it("is an error that names those it has", () => {
    expect(() => geometryOf(g071, undefined, "dual-bank")).toThrow(
      `STM32G07xxx/08xxx has no flash layout "dual-bank"; it has one layout only.`,
    );
    const g474 = devices.find(({ productId }) => productId === 0x469)!;
    expect(() => geometryOf(g474, undefined, "dual")).toThrow(
      `STM32G47xxx/48xxx has no flash layout "dual"; it has single-bank.`,
    );
  });
});

describe("mass erase", () => {
  it("is offered where a document says so, and on no L0 and L1", () => {
    expect(geometryOf(g071).massErase).toBe(true);
    for (const device of devices.filter(({ series }) => series === "L0" || series === "L1"))
      expect(geometryOf(device).massErase).toBe(false);
  });
});

describe("an unknown chip", () => {
  it("gets its pages from the user", () => {
    const geometry = customGeometry({ flashBase: 0x0800_0000, flashSize: 0x8000, pageSize: 0x400 });
    expect(geometry).toMatchObject({
      size: 0x8000,
      end: 0x0800_8000,
      banks: 1,
      writeAlign: 32,
      erasedValue: 0xff,
      massErase: false,
    });
    expect(geometry.pages).toHaveLength(32);
    expect(geometry.pages.at(-1)).toEqual({ index: 31, address: 0x0800_7c00, size: 0x400, bank: 1 });
  });

  it.each([
    [
      { flashBase: 0x0800_0000, flashSize: 1000, pageSize: 1024 },
      "A flash of 1000 bytes is not made of whole pages of 1024 bytes.",
    ],
    [
      { flashBase: 0x0800_0000, flashSize: 0, pageSize: 1024 },
      "The flash size must be a positive number of bytes, not 0.",
    ],
    [
      { flashBase: 0x0800_0000, flashSize: 1024, pageSize: -1 },
      "The page size must be a positive number of bytes, not -1.",
    ],
    [{ flashBase: 0xffff_fc00, flashSize: 2048, pageSize: 1024 }, "Flash cannot start at 0xFFFFFC00."],
  ])("is refused with impossible numbers: %o", (options, message) => {
    expect(() => customGeometry(options)).toThrow(message);
  });
});
