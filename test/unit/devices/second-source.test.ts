/** The table held to a second source, row by row. What is known to differ is listed with its reason, and only that. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { Device } from "../../../src/devices/device.js";
import { allDevices } from "../../../src/devices/load.js";
import { entriesByName } from "../../../src/devices/name.js";

interface Row {
  readonly productId: string;
  readonly sectors: readonly (readonly [count: number, size: number])[];
  readonly sizesKiB: readonly number[];
  readonly sizeRegister: string | null;
  readonly uidRegister: string | null;
  readonly ram: readonly (readonly [start: string, end: string])[] | null;
  readonly parts?: readonly string[];
  readonly h2lab?: {
    readonly sizeRegister?: string;
    readonly uidRegister?: string;
    readonly largestKiB?: number;
    readonly ramKiB?: number;
  };
}

const file = new URL("../../fixtures/second-source.json", import.meta.url);
const { rows } = JSON.parse(await readFile(file, "utf8")) as { rows: readonly Row[] };
const devices = await allDevices();

const text = (value: number | undefined): string | null =>
  value === undefined ? null : `0x${value.toString(16).toUpperCase().padStart(8, "0")}`;
const areasOf = ({ ram }: Device): { start: number; end: number }[] =>
  ram.end === undefined ? [] : [{ start: ram.start, end: ram.end }, ...(ram.others ?? [])];

/** Every fact that a source has, beside ours. */
function comparisons(device: Device, row: Row): [fact: string, ours: unknown, theirs: unknown][] {
  const { flash } = device;
  const areas = areasOf(device);
  const kib = areas.reduce((sum, { start, end }) => sum + (end - start) / 1024, 0);
  const { h2lab = {} } = row;
  const all: [string, unknown, unknown][] = [
    ["sectors", flash.sectors.map(({ count, size }) => [count, size]), row.sectors],
    ["sizes", flash.sizesKiB, row.sizesKiB],
    ["size register", text(flash.sizeRegister), row.sizeRegister],
    ["unique ID", text(flash.uidRegister), row.uidRegister],
    [
      "RAM",
      areas.slice(0, row.ram?.length ?? 0).map(({ start, end }) => [text(start), text(end)]),
      row.ram ?? [],
    ],
    ["H2Lab size register", text(flash.sizeRegister), h2lab.sizeRegister],
    ["H2Lab unique ID", text(flash.uidRegister), h2lab.uidRegister],
    ["H2Lab largest member", flash.maxSize / 1024, h2lab.largestKiB],
    ["H2Lab RAM", kib, h2lab.ramKiB],
    ...(row.parts ?? []).map((part): [string, unknown, unknown] => [
      `name ${part}`,
      entriesByName(part).some(({ productId }) => productId === device.productId),
      true,
    ]),
  ];
  return all.filter(([, , theirs]) => theirs !== undefined);
}

const differences = (device: Device, row: Row): string[] =>
  comparisons(device, row)
    .filter(([, ours, theirs]) => JSON.stringify(ours) !== JSON.stringify(theirs))
    .map(([fact]) => fact);

const L1_REGISTERS =
  "H2Lab has the registers of category 1 for all L1; RM0038 puts those of categories 3 to 6 at 0x1FF800CC and 0x1FF800D0";
const BOOTLOADER_MAP =
  "the source has the bootloader's map of RAM (AN2606); ours is the whole RAM of the part, for judging a stack pointer";
const SEEN_TWICE = "ours counts SRAM2 where it is seen a second time, at 0x10000000";
const PARITY = "H2Lab counts RAM with parity checking on; without it the part has more (ST's headers)";
const WITH_WBA5 = "H2Lab has WBA2 in one entry with WBA5; stm32wba25xx.h stands here";
const SRAM1_ALONE = "H2Lab gives SRAM1 alone; SRAM2 lies behind it";

/** Product ID, fact, and why ours stands. */
const EXCEPTIONS: readonly (readonly [productId: number, fact: string, reason: string])[] = [
  [0x427, "H2Lab size register", L1_REGISTERS],
  [0x427, "H2Lab unique ID", L1_REGISTERS],
  [0x436, "H2Lab size register", L1_REGISTERS],
  [0x436, "H2Lab unique ID", L1_REGISTERS],
  [0x437, "H2Lab size register", L1_REGISTERS],
  [0x437, "H2Lab unique ID", L1_REGISTERS],
  [0x435, "RAM", BOOTLOADER_MAP],
  [0x435, "H2Lab RAM", SEEN_TWICE],
  [0x456, "RAM", BOOTLOADER_MAP],
  [0x456, "H2Lab RAM", PARITY],
  [0x459, "H2Lab RAM", SRAM1_ALONE],
  [0x460, "H2Lab RAM", PARITY],
  [0x461, "RAM", BOOTLOADER_MAP],
  [0x461, "H2Lab RAM", SEEN_TWICE],
  [0x462, "RAM", BOOTLOADER_MAP],
  [0x462, "H2Lab RAM", SEEN_TWICE],
  [0x464, "RAM", BOOTLOADER_MAP],
  [0x464, "H2Lab RAM", SEEN_TWICE],
  [0x467, "RAM", BOOTLOADER_MAP],
  [0x467, "H2Lab RAM", PARITY],
  [0x468, "RAM", BOOTLOADER_MAP],
  [0x468, "H2Lab RAM", SEEN_TWICE],
  [0x469, "RAM", BOOTLOADER_MAP],
  [0x469, "H2Lab RAM", SEEN_TWICE],
  [0x470, "H2Lab RAM", SEEN_TWICE],
  [0x471, "H2Lab RAM", SEEN_TWICE],
  [0x479, "H2Lab RAM", SEEN_TWICE],
  [0x489, "H2Lab RAM", SRAM1_ALONE],
  [0x492, "RAM", BOOTLOADER_MAP],
  [0x4b2, "H2Lab size register", WITH_WBA5],
  [0x4b2, "H2Lab unique ID", WITH_WBA5],
  [0x4b2, "H2Lab largest member", WITH_WBA5],
  [0x4b2, "H2Lab RAM", WITH_WBA5],
];

describe("the second source", () => {
  it("has every row of the table and no other", () => {
    expect(rows.map(({ productId }) => Number(productId))).toEqual(devices.map(({ productId }) => productId));
  });

  it.each(devices.map((device) => [device.name, device] as const))("agrees with %s", (_, device) => {
    const row = rows.find(({ productId }) => Number(productId) === device.productId)!;
    const listed = EXCEPTIONS.filter(([productId]) => productId === device.productId).map(([, fact]) => fact);
    // Both ways: an exception that is no longer needed has to go.
    expect(differences(device, row)).toEqual(listed);
  });

  it("is contradicted with a reason only", () => {
    for (const [, , reason] of EXCEPTIONS) expect(reason.length).toBeGreaterThan(15);
  });
});
