import { describe, expect, it } from "vitest";
import type { Device, Geometry } from "../../../../src/devices/device.js";
import { geometryOf } from "../../../../src/devices/geometry.js";
import { allDevices } from "../../../../src/devices/load.js";
import { BootlaceError } from "../../../../src/errors.js";
import type { FlashEvent } from "../../../../src/flash/events.js";
import { MemoryImage } from "../../../../src/image/image.js";
import type { ChipOptions } from "../../../../src/simulator/options.js";
import type { ChipQuirks } from "../../../../src/simulator/quirks.js";
import { connectSim, noise, type SimTarget } from "../../../support/sim-target.js";

interface Open {
  readonly device: Device;
  readonly kib: number;
  readonly geometry: Geometry;
}

/** Every member of every row whose numbers of bank 2 are open. */
const OPEN: readonly Open[] = (await allDevices()).flatMap((device) =>
  [...new Set([...device.flash.sizesKiB, device.flash.maxSize / 1024])]
    .map((kib) => ({ device, kib, geometry: geometryOf(device, kib * 1024) }))
    .filter(({ geometry }) => geometry.bank2FirstOpen !== undefined),
);

const name = (productId: number): string => `0x${productId.toString(16)}`;
const firstPages = (geometry: Geometry, bank: 1 | 2): Geometry["pages"] =>
  geometry.pages.filter((page) => page.bank === bank);

/** A little in the first page of bank 1 and in the second and third of bank 2: short to write, and it needs the numbers. */
function imageFor(geometry: Geometry): MemoryImage {
  const [first] = firstPages(geometry, 1);
  const [, second, third] = firstPages(geometry, 2);
  return new MemoryImage([
    { address: first!.address, bytes: noise(64, 2, first!.address) },
    { address: second!.address, bytes: noise(64, 3) },
    { address: third!.address, bytes: noise(32, 4) },
  ]);
}

interface Rig extends SimTarget {
  readonly geometry: Geometry;
  /** All of its flash. */
  flash(): Uint8Array;
}

/** A chip whose pages all hold something. */
async function fullChip(
  { device, kib, geometry }: Open,
  quirks: Partial<ChipQuirks>,
  { layout, ...extra }: { readonly layout?: string } & Partial<ChipOptions> = {},
): Promise<Rig> {
  const bus = device.bootloaders.some(({ i2c }) => i2c.length > 0) ? "i2c" : "uart";
  const sim = await connectSim(
    `sim:${name(device.productId)}?flash=${kib}&bus=${bus}`,
    layout === undefined ? {} : { layout },
    { quirks, ...extra },
  );
  for (const page of geometry.pages) sim.chip.poke(page.address, noise(48, page.address & 0xffff));
  const flash = (): Uint8Array => sim.chip.peek(geometry.base, geometry.end - geometry.base);
  return { ...sim, geometry, flash };
}

const failureOf = async (work: Promise<unknown>): Promise<BootlaceError> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof BootlaceError) return error;
  throw new Error("it did not fail as expected", { cause: error });
};

const holds = ({ chip }: SimTarget, image: MemoryImage): boolean =>
  image.segments.every(({ address, bytes }) => Buffer.compare(chip.peek(address, bytes.length), bytes) === 0);

const notesOf = (): { notes: string[]; onEvent: (event: FlashEvent) => void } => {
  const notes: string[] = [];
  const onEvent = (event: FlashEvent): void => {
    if (event.type === "note") notes.push(event.text);
  };
  return { notes, onEvent };
};

const g0b1 = OPEN.find(({ device, kib }) => device.productId === 0x467 && kib === 256)!;

describe("the numbers of bank 2 that a row leaves open", () => {
  it("are multiples of the pages in a bank, so that a wrong one can only mean the page at the same place in bank 1", () => {
    for (const { geometry, device } of OPEN) {
      const perBank = firstPages(geometry, 1).length;
      for (const first of geometry.bank2FirstOpen!) {
        expect(first, device.name).toBeGreaterThan(0);
        expect(first % perBank, device.name).toBe(0);
      }
      expect(new Set(geometry.bank2FirstOpen).size).toBe(geometry.bank2FirstOpen!.length);
    }
  });

  it("are open for every dual-bank member that is smaller than the largest, but where a page number is an offset or a sector's name", () => {
    const settled = ALL.filter(({ geometry, kib, device }) => {
      const smaller = kib * 1024 < device.flash.maxSize;
      return smaller && geometry.banks === 2 && geometry.bank2FirstOpen === undefined;
    });
    // L0, L1: pages are counted from the start of the flash. F1 XL: bank 1 is always full.
    expect(settled.map(({ device, kib }) => `${name(device.productId)} ${kib}`)).toEqual([
      "0x430 768",
      "0x436 256",
      "0x437 384",
      "0x447 128",
    ]);
  });
});

/** Every member of every row. */
const ALL: readonly Open[] = (await allDevices()).flatMap((device) =>
  device.flash.sizesKiB.map((kib) => ({ device, kib, geometry: geometryOf(device, kib * 1024) })),
);

describe("a write into bank 2", () => {
  const cases = OPEN.flatMap((open) => open.geometry.bank2FirstOpen!.map((first) => ({ ...open, first })));

  it.each(cases.map((entry) => [entry.device.name, entry.kib, entry.first, entry] as const))(
    "finds out how %s with %i KiB counts: from %i",
    async (_, __, first, open) => {
      const rig = await fullChip(open, { bank2First: first });
      const before = rig.flash();
      const image = imageFor(open.geometry);
      const { notes, onEvent } = notesOf();
      await rig.target.write(image, { check: "off", onEvent });
      expect(holds(rig, image)).toBe(true);
      const kept = rig.flash();
      for (const { address, bytes } of image.segments)
        kept.set(before.subarray(address - open.geometry.base, address - open.geometry.base + bytes.length), address - open.geometry.base); // prettier-ignore
      expect(Buffer.compare(kept, before)).toBe(0);
      expect(notes.some((text) => text.includes(`numbers the pages of bank 2 from ${first}`))).toBe(true);
    },
  );

  it("says that it is going to ask", async () => {
    const { target } = await fullChip(g0b1, {});
    expect(target.chip.doubts).toEqual([
      "Which number the first page of bank 2 has is not documented for this size (128 or 64 or 256): the chip is asked before anything else is erased.",
    ]);
  });

  it("asks once for all jobs of a target", async () => {
    const { target } = await fullChip(g0b1, { bank2First: 64 });
    const { notes, onEvent } = notesOf();
    await target.erase({ start: 0x0802_0000, end: 0x0802_1000 }, { onEvent });
    await target.write(imageFor(g0b1.geometry), { check: "off", onEvent });
    expect(notes).toEqual([
      "this chip numbers the pages of bank 2 from 64: asked with the page at 0x08020000",
    ]);
  });

  it("stops with everything as it was when no number works", async () => {
    const rig = await fullChip(g0b1, { bank2First: 1024 });
    const before = rig.flash();
    const error = await failureOf(rig.target.write(imageFor(g0b1.geometry), { check: "off" }));
    expect(error.code).toBe("ERASE_FAILED");
    expect(error.message).toBe(
      "the page at 0x08020800, the first that is needed in bank 2, was not erased with bank 2 numbered from 128 or 64 or 256",
    );
    expect(error.context.chipState).toBe(
      "that page, and the one at the same place in bank 1, hold what they held; nothing was written, and the chip is still in its bootloader",
    );
    expect(Buffer.compare(rig.flash(), before)).toBe(0);
  });

  it("stops with everything as it was when the page is write-protected", async () => {
    const rig = await fullChip(g0b1, { bank2First: 128 }, { writeProtected: [129] });
    const before = rig.flash();
    const error = await failureOf(rig.target.write(imageFor(g0b1.geometry), { check: "off" }));
    expect(error.commandHint).toContain("`bootlace unprotect write`");
    expect(Buffer.compare(rig.flash(), before)).toBe(0);
  });

  it("puts back what a number took that the chip counts as a page of bank 1, and goes on", async () => {
    const rig = await fullChip(g0b1, { bank2First: 64, pageNumberModulo: 128 });
    const before = rig.flash();
    const { notes, onEvent } = notesOf();
    const image = new MemoryImage([{ address: 0x0802_0800, bytes: noise(64, 3) }]);
    await rig.target.write(image, { check: "off", onEvent });
    expect(holds(rig, image)).toBe(true);
    expect(notes).toEqual([
      "number 129 erased the page at 0x08000800: what it held is put back",
      "this chip numbers the pages of bank 2 from 64: asked with the page at 0x08020800",
    ]);
    expect(Buffer.compare(rig.flash().subarray(0, 0x2_0000), before.subarray(0, 0x2_0000))).toBe(0);
  });

  it("learns nothing from pages that are blank already, and does not erase them", async () => {
    const rig = await fullChip(g0b1, { bank2First: 64 });
    const [, second, third] = firstPages(g0b1.geometry, 2);
    for (const page of [second!, third!]) rig.chip.poke(page.address, new Uint8Array(page.size).fill(0xff));
    const before = rig.chip.counters.erasedPages;
    await rig.target.write(imageFor(g0b1.geometry), { check: "off", full: true });
    expect(holds(rig, imageFor(g0b1.geometry))).toBe(true);
    expect(rig.chip.counters.erasedPages - before).toBe(1);
  });

  it("takes another page to ask with when the first ones are blank", async () => {
    const rig = await fullChip(g0b1, { bank2First: 64 });
    const [, second] = firstPages(g0b1.geometry, 2);
    rig.chip.poke(second!.address, new Uint8Array(second!.size).fill(0xff));
    await rig.target.write(imageFor(g0b1.geometry), { check: "off", full: true });
    expect(holds(rig, imageFor(g0b1.geometry))).toBe(true);
  });

  it("does not rule a number out for an erase that was acknowledged and not done", async () => {
    const rig = await fullChip(g0b1, { bank2First: 128 });
    rig.chip.inject({ kind: "not done", operation: 0 });
    await rig.target.write(imageFor(g0b1.geometry), { check: "off" });
    expect(holds(rig, imageFor(g0b1.geometry))).toBe(true);
  });

  it("asks with one number only where the user has named the layout", async () => {
    const open = { ...g0b1, geometry: geometryOf(g0b1.device, g0b1.kib * 1024, "bank2-from-256") };
    const rig = await fullChip(open, { bank2First: 64 }, { layout: "bank2-from-256" });
    const before = rig.flash();
    expect(rig.target.chip.doubts).toEqual([]);
    const error = await failureOf(rig.target.write(imageFor(open.geometry), { check: "off" }));
    expect(error.message).toContain("with bank 2 numbered from 256");
    expect(Buffer.compare(rig.flash(), before)).toBe(0);
  });
});

describe("an erase of pages in bank 2", () => {
  it.each([64, 128, 256])("finds out that they are numbered from %i", async (first) => {
    const rig = await fullChip(g0b1, { bank2First: first });
    const before = rig.flash();
    await rig.target.erase({ start: 0x0801_f800, end: 0x0802_1000 });
    const [from, to] = [0x1_f800, 0x2_1000];
    expect(
      rig
        .flash()
        .subarray(from, to)
        .every((byte) => byte === 0xff),
    ).toBe(true);
    expect(Buffer.compare(rig.flash().subarray(0, from), before.subarray(0, from))).toBe(0);
    expect(Buffer.compare(rig.flash().subarray(to), before.subarray(to))).toBe(0);
  });

  it("comes after the question, so that bank 1 is whole when no number works", async () => {
    const rig = await fullChip(g0b1, { bank2First: 1024 });
    const before = rig.flash();
    const error = await failureOf(rig.target.erase({ start: 0x0801_f800, end: 0x0802_1000 }));
    expect(error.code).toBe("ERASE_FAILED");
    expect(Buffer.compare(rig.flash(), before)).toBe(0);
  });

  it("needs no number for the whole chip", async () => {
    const rig = await fullChip(g0b1, { bank2First: 1024 });
    expect(await rig.target.erase("all")).toMatchObject({ how: "mass" });
  });
});
